/** The network that a container is on where nobody says: `bridge`, made when it is first wanted. */
import { readFileSync } from 'node:fs';
import { addressAt, type CIDR, formatAddress, NetworkHost, parseAddress, parseCIDR } from '../../runtime/index.ts';
import { randomBytes } from '../containers/random.ts';
import type { EngineContext } from '../context.ts';
import { chooseSubnet } from './choose-subnet.ts';
import { defaultBridge } from './names-of-root.ts';
import type { NetworkRecord } from './network-record.ts';
import { NetworkStore } from './network-store.ts';

export async function defaultNetwork({ directories }: EngineContext): Promise<NetworkRecord> {
  const store = new NetworkStore(directories.root);
  const there = () => store.list().find(({ name }) => name === 'bridge');
  const found = there();
  if (found !== undefined) return found;
  return await store.exclusively(async () => {
    const meanwhile = there();
    if (meanwhile !== undefined) return meanwhile;
    const subnet = chooseSubnet(takenSubnets(store));
    const record: NetworkRecord = {
      id: randomBytes(32).toString('hex'),
      name: 'bridge',
      created: new Date().toISOString(),
      bridge: defaultBridge(directories.root),
      subnets: [{ subnet, gateway: firstAddress(subnet) }],
      internal: false,
      ipv6: false,
      labels: {},
      options: {},
    };
    await store.put(record);
    return record;
  });
}

/** @returns '' for what is no subnet */
export function firstAddress(subnet: string): string {
  const cidr = parseCIDR(subnet);
  return cidr === undefined ? '' : formatAddress(addressAt(cidr, 1n));
}

/** All that a new network must keep clear of. */
export function takenSubnets(store: NetworkStore): CIDR[] {
  using host = NetworkHost.open();
  const routes = host.routes().map(({ destination }) => destination);
  const ours = store.list().flatMap(({ subnets }) => subnets.flatMap(({ subnet }) => parseCIDR(subnet) ?? []));
  return [...routes, ...nameservers(), ...ours];
}

/** They may be behind the default route. */
export function nameservers(): CIDR[] {
  let text: string;
  try {
    text = readFileSync('/etc/resolv.conf', 'latin1');
  } catch {
    return [];
  }
  return [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].flatMap(([, written = '']) => {
    const address = parseAddress(written);
    return address === undefined ? [] : [{ address, bits: 8 * address.length }];
  });
}
