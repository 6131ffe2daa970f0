/** The network that a container is on where nobody says: `bridge`, made when it is first wanted. */
import { GockerError } from '../../errors/index.ts';
import { addressAt, formatAddress, parseCIDR } from '../../runtime/index.ts';
import { randomBytes } from '../containers/random.ts';
import type { EngineContext } from '../context.ts';
import { chooseSubnet } from './choose-subnet.ts';
import { defaultBridge } from './names-of-root.ts';
import type { NetworkRecord } from './network-record.ts';
import { NetworkStore } from './network-store.ts';
import { takenSubnets } from './taken-subnets.ts';

/** @throws GockerError `NO_SUBNET_LEFT` */
export async function defaultNetwork({ directories }: EngineContext): Promise<NetworkRecord> {
  const store = new NetworkStore(directories.root);
  const there = () => store.list().find(({ name }) => name === 'bridge');
  const found = there();
  if (found !== undefined) return found;
  return await store.exclusively(async () => {
    const meanwhile = there();
    if (meanwhile !== undefined) return meanwhile;
    const subnet = chooseSubnet(takenSubnets(store).map(({ cidr }) => cidr));
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

/** As if it had always been there. Where there is no room for it, that is for those to hear who want it. */
export async function makeDefaultNetwork(context: EngineContext): Promise<void> {
  try {
    await defaultNetwork(context);
  } catch (error) {
    if (!(error instanceof GockerError && error.code === 'NO_SUBNET_LEFT')) throw error;
  }
}

/** @returns '' for what is no subnet */
export function firstAddress(subnet: string): string {
  const cidr = parseCIDR(subnet);
  return cidr === undefined ? '' : formatAddress(addressAt(cidr, 1n));
}
