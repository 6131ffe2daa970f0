/** Hardware addresses of our interfaces: locally administered, unicast (IEEE 802 §8.4). Pure. */
import { parseAddress } from '../../runtime/index.ts';

/**
 * One address has the same hardware address each time, so that no neighbour ever remembers a wrong one.
 *
 * @param network the id
 */
export function macFor(network: string, address: string): string {
  const bytes = (parseAddress(address) ?? new Uint8Array(4)).slice(-4);
  return ['02', network.slice(0, 2), ...Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))].join(':');
}
