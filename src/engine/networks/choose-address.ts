/** Which address of a network a container has. Pure. */
import { GockerError } from '../../errors/index.ts';
import {
  addressAt,
  type CIDR,
  formatAddress,
  isWithin,
  offsetOf,
  parseAddress,
  parseCIDR,
  sizeOf,
} from '../../runtime/index.ts';
import type { NetworkSubnet } from './network-record.ts';

export interface AddressWish {
  readonly subnet: NetworkSubnet;
  /** As formatAddress() writes them. */
  readonly taken: ReadonlySet<string>;
  /** As the user wrote it. */
  readonly asked?: string | undefined;
  /** The network's name, for the error. */
  readonly network: string;
}

/**
 * The lowest that is free. The network's own address, its gateway's and in IPv4 the last, for broadcasts, are nobody's.
 *
 * @returns without the length of the prefix
 * @throws GockerError `ADDRESS_INVALID`, `ADDRESS_OUTSIDE`, `ADDRESS_TAKEN`, `SUBNET_FULL`
 */
export function chooseAddress({ subnet, taken, asked, network }: AddressWish): string {
  const whole = cidrOf(subnet.subnet);
  const isFree = (address: Uint8Array) => {
    const text = formatAddress(address);
    return text !== subnet.gateway && !isReserved(whole, address) && !taken.has(text);
  };
  if (asked !== undefined) return checkAsked(asked, { subnet, whole, isFree, network });
  const range = subnet.range === undefined ? whole : cidrOf(subnet.range);
  for (let offset = 0n; offset < sizeOf(range); offset++) {
    const address = addressAt(range, offset);
    if (isFree(address)) return formatAddress(address);
  }
  throw new GockerError(
    'SUBNET_FULL',
    `cannot join network "${network}": no address of ${subnet.range ?? subnet.subnet} is left`,
    { hint: 'Remove containers from it, or make a network with a larger subnet.' },
  );
}

interface Asked {
  readonly subnet: NetworkSubnet;
  readonly whole: CIDR;
  readonly isFree: (address: Uint8Array) => boolean;
  readonly network: string;
}

function checkAsked(asked: string, { subnet, whole, isFree, network }: Asked): string {
  const fail = (code: string, is: string, expected: string) =>
    new GockerError(code, `cannot join network "${network}" as ${asked}: ${is} (expected ${expected})`);
  const address = parseAddress(asked);
  if (address === undefined) throw fail('ADDRESS_INVALID', 'it is no address', `one of ${subnet.subnet}`);
  if (!isWithin(address, whole.address, whole.bits)) {
    throw fail('ADDRESS_OUTSIDE', `it is not in the network's subnet`, `one of ${subnet.subnet}`);
  }
  if (!isFree(address)) throw fail('ADDRESS_TAKEN', 'Address already in use', `a free one of ${subnet.subnet}`);
  return formatAddress(address);
}

function isReserved(whole: CIDR, address: Uint8Array): boolean {
  const offset = offsetOf(whole, address);
  return offset === 0n || (address.length === 4 && offset === sizeOf(whole) - 1n);
}

function cidrOf(text: string): CIDR {
  const cidr = parseCIDR(text);
  if (cidr === undefined) throw new TypeError(`"${text}" is no network`);
  return cidr;
}
