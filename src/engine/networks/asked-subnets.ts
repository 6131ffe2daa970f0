/** The texts after `network create --subnet`, `--gateway` and `--ip-range`. Pure. */
import { GockerError } from '../../errors/index.ts';
import {
  addressAt,
  type CIDR,
  contains,
  formatAddress,
  formatCIDR,
  isWithin,
  networkOf,
  offsetOf,
  overlap,
  parseAddress,
  parseCIDR,
  sizeOf,
} from '../../runtime/index.ts';
import type { NetworkSubnet } from './network-record.ts';
import type { TakenSubnet } from './taken-subnets.ts';

export interface AskedSubnets {
  readonly subnets: readonly string[];
  readonly gateways: readonly string[];
  readonly ranges: readonly string[];
}

interface AskedOf {
  /** The network's name, for errors. */
  readonly network: string;
  readonly taken: readonly TakenSubnet[];
}

/** Addresses that the kernel has a use of its own for: RFC 6890. */
const special: readonly (readonly [string, string])[] = [
  ['0.0.0.0/8', 'this host'],
  ['127.0.0.0/8', 'loopback'],
  ['224.0.0.0/3', 'multicast, or reserved'],
  ['::/127', 'loopback'],
  ['fe80::/10', 'links'],
  ['ff00::/8', 'multicast'],
];

/**
 * @returns IPv4 first, each with its gateway
 * @throws GockerError `SUBNET_INVALID`, `SUBNET_OVERLAPS`, `GATEWAY_INVALID`, `GATEWAY_OUTSIDE`, `RANGE_INVALID`, `RANGE_OUTSIDE`
 */
export function readAskedSubnets({ subnets, gateways, ranges }: AskedSubnets, of: AskedOf): NetworkSubnet[] {
  const networks = subnets.map((text) => readSubnet(text, of));
  checkTogether(networks, of);
  for (const network of networks) checkFree(network, of);
  const given = {
    gateways: gateways.map((text) => readGateway(text, { of, networks })),
    ranges: ranges.map((text) => readRange(text, { of, networks })),
  };
  return networks
    .sort((a, b) => a.address.length - b.address.length)
    .map((network) => {
      const gateway = only(given.gateways, { network, what: 'gateways', of })?.address ?? addressAt(network, 1n);
      const range = only(given.ranges, { network, what: 'ranges', of })?.range;
      return {
        subnet: formatCIDR(network),
        gateway: formatAddress(gateway),
        ...(range === undefined ? {} : { range: formatCIDR(range) }),
      };
    });
}

function readSubnet(text: string, of: AskedOf): CIDR {
  const cidr = parseCIDR(text);
  const fail = (is: string, expected: string) => refuse('SUBNET_INVALID', of, { is, expected });
  if (cidr === undefined) throw fail(`invalid subnet ${text}: invalid CIDR block notation`, 'such as 172.30.0.0/16');
  const network = networkOf(cidr);
  const whole = formatCIDR(network);
  if (formatCIDR(cidr) !== whole) throw fail(`invalid subnet ${text}: it should be ${whole}`, whole);
  const other = special.find(([block]) => overlaps(network, block));
  if (other !== undefined) throw fail(`invalid subnet ${text}: ${other[0]} is for ${other[1]}`, 'a private one');
  const most = 8 * network.address.length - 2;
  if (network.bits > most) {
    throw fail(`invalid subnet ${text}: it has no room for a gateway and a container`, `/${most} or larger`);
  }
  return network;
}

/** One of each family. */
function checkTogether(networks: readonly CIDR[], of: AskedOf): void {
  for (const [index, network] of networks.entries()) {
    const other = networks.slice(0, index).find(({ address }) => address.length === network.address.length);
    if (other === undefined) continue;
    const is = overlap(network, other)
      ? 'multiple overlapping subnet configuration is not supported'
      : "bridge driver doesn't support multiple subnets";
    throw refuse('SUBNET_INVALID', of, { is, expected: 'at most one of IPv4 and one of IPv6' });
  }
}

function checkFree(network: CIDR, of: AskedOf): void {
  const other = of.taken.find(({ cidr }) => overlap(cidr, network));
  if (other === undefined) return;
  throw refuse('SUBNET_OVERLAPS', of, {
    is: `Pool overlaps with other one on this address space: ${formatCIDR(network)} with ${other.by}`,
    expected: 'one that is free',
    hint: 'Leave out --subnet, and a free one is chosen.',
  });
}

interface Among {
  readonly of: AskedOf;
  readonly networks: readonly CIDR[];
}

interface Gateway {
  readonly network: CIDR;
  readonly address: Uint8Array;
}

function readGateway(text: string, { of, networks }: Among): Gateway {
  const address = parseAddress(text);
  if (address === undefined) {
    throw refuse('GATEWAY_INVALID', of, { is: `invalid gateway ${text}`, expected: 'an address such as 172.30.0.1' });
  }
  const network = networks.find((one) => isWithin(address, one.address, one.bits));
  if (network === undefined) throw outside('GATEWAY_OUTSIDE', of, { what: 'gateway', text, networks });
  const offset = offsetOf(network, address);
  const isReserved = offset === 0n || (address.length === 4 && offset === sizeOf(network) - 1n);
  if (!isReserved) return { network, address };
  throw refuse('GATEWAY_INVALID', of, {
    is: `failed to allocate gateway (${text}): Address already in use`,
    expected: `one of ${formatCIDR(network)} besides the first${address.length === 4 ? ' and the last' : ''}`,
  });
}

interface Range {
  readonly network: CIDR;
  readonly range: CIDR;
}

function readRange(text: string, { of, networks }: Among): Range {
  const range = parseCIDR(text);
  const fail = (is: string, expected: string) => refuse('RANGE_INVALID', of, { is, expected });
  if (range === undefined) throw fail(`invalid ip-range ${text}: invalid CIDR block notation`, 'such as 172.30.1.0/24');
  const whole = formatCIDR(networkOf(range));
  if (formatCIDR(range) !== whole) throw fail(`invalid ip-range ${text}: it should be ${whole}`, whole);
  const network = networks.find((one) => contains(one, range));
  if (network === undefined) throw outside('RANGE_OUTSIDE', of, { what: 'range', text, networks });
  return { network, range };
}

function only<T extends { readonly network: CIDR }>(
  given: readonly T[],
  { network, what, of }: { readonly network: CIDR; readonly what: 'gateways' | 'ranges'; readonly of: AskedOf },
): T | undefined {
  const [one, ...others] = given.filter((each) => each.network === network);
  if (others.length === 0) return one;
  throw refuse(what === 'gateways' ? 'GATEWAY_INVALID' : 'RANGE_INVALID', of, {
    is: `cannot configure multiple ${what} on the same subnet (${formatCIDR(network)})`,
    expected: 'one',
  });
}

function outside(
  code: string,
  of: AskedOf,
  { what, text, networks }: { readonly what: string; readonly text: string; readonly networks: readonly CIDR[] },
): GockerError {
  if (networks.length === 0) {
    const is = 'every ip-range or gateway must have a corresponding subnet';
    return refuse(code, of, { is, expected: '--subnet' });
  }
  const expected = `one in ${networks.map(formatCIDR).join(' or ')}`;
  return refuse(code, of, { is: `no matching subnet for ${what} ${text}`, expected });
}

function refuse(
  code: string,
  { network }: AskedOf,
  { is, expected, hint }: { readonly is: string; readonly expected: string; readonly hint?: string },
): GockerError {
  return new GockerError(code, `cannot create network "${network}": ${is} (expected ${expected})`, { hint });
}

function overlaps(network: CIDR, block: string): boolean {
  const cidr = parseCIDR(block);
  return cidr !== undefined && overlap(network, cidr);
}
