/** Networks as an address and the length of its prefix: RFC 4632 §3.1, RFC 4291 §2.3. Pure. */
import { formatAddress, isWithin, maskAddress, parseAddress } from './ip-address.ts';

/** What is behind the prefix is kept: `10.1.0.1/16` is an interface's address, and the network that it is in. */
export interface CIDR {
  /** 4 or 16 bytes. */
  readonly address: Uint8Array;
  readonly bits: number;
}

/** @returns undefined for what is none, one without a length included */
export function parseCIDR(text: string): CIDR | undefined {
  const [, written = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const address = parseAddress(written);
  const bits = Number(length);
  return address === undefined || length === '' || bits > 8 * address.length ? undefined : { address, bits };
}

export function formatCIDR({ address, bits }: CIDR): string {
  return `${formatAddress(address)}/${bits}`;
}

/** The network itself: nothing but zeros behind the prefix. */
export function networkOf({ address, bits }: CIDR): CIDR {
  return { address: maskAddress(address, bits), bits };
}

/** Whether any address is in both; never of two families. */
export function overlap(a: CIDR, b: CIDR): boolean {
  return isWithin(a.address, b.address, Math.min(a.bits, b.bits));
}

/** Whether all of `inner` is in `outer`. */
export function contains(outer: CIDR, inner: CIDR): boolean {
  return inner.bits >= outer.bits && isWithin(inner.address, outer.address, outer.bits);
}

/** How many addresses are in it. */
export function sizeOf({ address, bits }: CIDR): bigint {
  return 1n << BigInt(8 * address.length - bits);
}

/** The address that stands at `offset` in the network, which is its own address at 0. What leads out of it is the caller's fault. */
export function addressAt(network: CIDR, offset: bigint): Uint8Array {
  const { address } = networkOf(network);
  const length = BigInt(8 * address.length);
  const sum = toNumber(address) + offset;
  return Uint8Array.from(address, (_, at) => Number((sum >> (length - 8n * BigInt(at + 1))) & 0xffn));
}

/** Where the address stands in the network. */
export function offsetOf(network: CIDR, address: Uint8Array): bigint {
  return toNumber(address) - toNumber(networkOf(network).address);
}

function toNumber(address: Uint8Array): bigint {
  return address.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}
