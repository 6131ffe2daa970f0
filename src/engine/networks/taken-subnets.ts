/** What a new network must keep clear of. */
import { readFileSync } from 'node:fs';
import { type CIDR, formatCIDR, NetworkHost, parseAddress, parseCIDR } from '../../runtime/index.ts';
import type { NetworkStore } from './network-store.ts';

export interface TakenSubnet {
  readonly cidr: CIDR;
  /** `network "web"` */
  readonly by: string;
}

/** Networks first: the routes to their bridges say less. */
export function takenSubnets(store: NetworkStore): TakenSubnet[] {
  return [...networks(store), ...routes(), ...nameservers()];
}

function networks(store: NetworkStore): TakenSubnet[] {
  return store.list().flatMap(({ name, subnets }) =>
    subnets.flatMap(({ subnet }) => {
      const cidr = parseCIDR(subnet);
      return cidr === undefined ? [] : [{ cidr, by: `network "${name}" (${subnet})` }];
    }),
  );
}

function routes(): TakenSubnet[] {
  using host = NetworkHost.open();
  return host
    .routes()
    .map(({ destination }) => destination)
    .filter(isNarrow)
    .map((cidr) => ({ cidr, by: `this host's route to ${formatCIDR(cidr)}` }));
}

/**
 * What leads to everything, as a default route does, says nothing of what is taken: nor do the two halves that a VPN lays over it. The
 * widest private networks have 8 and 7 bits.
 */
function isNarrow({ address, bits }: CIDR): boolean {
  return bits >= (address.length === 4 ? 8 : 7);
}

/** They may be behind the default route. */
function nameservers(): TakenSubnet[] {
  let text: string;
  try {
    text = readFileSync('/etc/resolv.conf', 'latin1');
  } catch {
    return [];
  }
  return [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].flatMap(([, written = '']) => {
    const address = parseAddress(written);
    const by = `this host's nameserver ${written}`;
    return address === undefined ? [] : [{ cidr: { address, bits: 8 * address.length }, by }];
  });
}
