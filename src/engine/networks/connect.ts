/** `network connect` and `network disconnect`: at once where the container runs, and from its next start on. */
import { GockerError } from '../../errors/index.ts';
import { withContainer } from '../containers/lock.ts';
import type { ContainerRecord } from '../containers/record.ts';
import { statusOf } from '../containers/status.ts';
import type { EngineContext } from '../context.ts';
import { recordNetworkEvent } from '../events/subjects.ts';
import type { ConnectOptions } from '../options/network-options.ts';
import { readAskedNetworks } from './asked-networks.ts';
import { chooseNetworks } from './choose-networks.ts';
import { chooseEndpoint } from './endpoints.ts';
import { KernelSide } from './kernel-side.ts';
import { withMembers } from './members.ts';
import type { NetworkRecord } from './network-record.ts';
import { NetworkStore, noSuchNetwork } from './network-store.ts';

/**
 * @throws GockerError `NETWORK_NOT_FOUND`, `CONTAINER_NOT_FOUND`, `NETWORK_CONFLICT`, `ALREADY_CONNECTED`, those of an address; it is as
 *   it was then
 */
export async function connectNetwork(
  context: EngineContext,
  text: string,
  container: string,
  options: ConnectOptions = {},
): Promise<void> {
  const network = await find(context, text);
  const { networks: asked } = readAskedNetworks({ ...options, network: network.name }, network.name);
  await withContainer(context, container, async (record) => {
    const { networks = [] } = record;
    if (record.networks === undefined) throw notConnectable(record);
    if (networks.some((request) => request.network === network.id)) {
      throw new GockerError(
        'ALREADY_CONNECTED',
        `cannot connect container "${record.name}": it is on network "${network.name}" already`,
      );
    }
    const [request] = await chooseNetworks(context, asked);
    if (request === undefined) return;
    if (statusOf(record) === 'running') await attach(context, record, { network, request });
    context.containers.update({ ...record, networks: [...networks, request] });
    recordNetworkEvent(context, 'connect', network, record.id);
  });
}

/** @param options `force`: one that is gone, or not on it, is no failure */
export async function disconnectNetwork(
  context: EngineContext,
  text: string,
  container: string,
  { force = false }: { readonly force?: boolean } = {},
): Promise<void> {
  const network = await find(context, text);
  await withContainer(context, container, async (record) => {
    const { networks = [] } = record;
    if (!networks.some((request) => request.network === network.id)) {
      if (force) return;
      throw new GockerError(
        'NOT_CONNECTED',
        `cannot disconnect container "${record.name}": container ${record.id.slice(0, 12)} is not connected to network ${network.name}`,
      );
    }
    await withMembers(context, (members) => {
      const member = members.of(record.id);
      if (member === undefined) return;
      using kernel = new KernelSide(context, { store: new NetworkStore(context.directories.root), members });
      kernel.leave(member, network);
    });
    context.containers.update({ ...record, networks: networks.filter((request) => request.network !== network.id) });
    recordNetworkEvent(context, 'disconnect', network, record.id);
  });
}

async function find(context: EngineContext, text: string): Promise<NetworkRecord> {
  const network = new NetworkStore(context.directories.root).find(text);
  if (network !== undefined) return network;
  const [request] = text === 'bridge' ? await chooseNetworks(context, [{ name: 'bridge', aliases: [] }]) : [];
  const made = request === undefined ? undefined : new NetworkStore(context.directories.root).get(request.network);
  if (made !== undefined) return made;
  throw noSuchNetwork(text);
}

interface Attaching {
  readonly network: NetworkRecord;
  readonly request: NonNullable<ContainerRecord['networks']>[number];
}

async function attach(context: EngineContext, record: ContainerRecord, { network, request }: Attaching): Promise<void> {
  await withMembers(context, (members) => {
    const member = members.of(record.id);
    if (member === undefined) return;
    using kernel = new KernelSide(context, { store: new NetworkStore(context.directories.root), members });
    kernel.clearDead();
    const used = new Set(member.endpoints.map((endpoint) => endpoint.interface));
    let index = 0;
    while (used.has(`eth${index}`)) index += 1;
    const endpoint = chooseEndpoint(network, { request, members, index, record });
    kernel.come(member, { endpoint, network });
  });
}

function notConnectable({ name, namespaces }: ContainerRecord): GockerError {
  const mode = namespaces?.network ?? 'none';
  const is =
    mode === 'none'
      ? 'container cannot be connected to multiple networks with one of the networks in private (none) mode'
      : 'container sharing network namespace with another container or host cannot be connected to any other network';
  return new GockerError('NETWORK_CONFLICT', `cannot connect container "${name}": ${is}`, {
    hint: 'Run it with --network bridge, or a network of your own.',
  });
}
