/** Which addresses a network has where nobody says: private ones, RFC 1918 and RFC 4193, that lead nowhere else from here. Pure. */
import { GockerError } from '../../errors/index.ts';
import { type CIDR, formatCIDR, overlap, parseCIDR } from '../../runtime/index.ts';

/** docker's, in its order: few use them for anything but containers. */
const pool: readonly CIDR[] = [
  ...Array.from({ length: 15 }, (_, index) => `172.${17 + index}.0.0/16`),
  ...Array.from({ length: 16 }, (_, index) => `192.168.${16 * index}.0/20`),
  ...Array.from({ length: 256 }, (_, index) => `10.${index}.0.0/16`),
].flatMap((text) => parseCIDR(text) ?? []);

/** @param taken routes of the host, its nameservers, other networks @throws GockerError `NO_SUBNET_LEFT` */
export function chooseSubnet(taken: readonly CIDR[]): string {
  // A default route leads to everything, and says nothing of what is taken.
  const others = taken.filter(({ bits }) => bits > 0);
  const free = pool.find((subnet) => !others.some((other) => overlap(subnet, other)));
  if (free !== undefined) return formatCIDR(free);
  throw new GockerError(
    'NO_SUBNET_LEFT',
    'cannot choose a subnet: all private ones overlap routes or networks of this host',
    {
      hint: 'Say which with --subnet, or remove networks that nobody uses: gocker network prune.',
    },
  );
}

/** A network of 64 bits of its own, RFC 4193 §3.2: the random part is the network's id. */
export function chooseIPv6Subnet(id: string): string {
  const [a = '', b = '', c = ''] = id.match(/.{4}/g) ?? [];
  const cidr = parseCIDR(`fd${a.slice(2)}:${b}:${c}::/64`);
  return cidr === undefined ? '' : formatCIDR(cidr);
}
