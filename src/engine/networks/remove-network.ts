/** `network rm`, `network prune`, and what mends the kernel's side after a crash. */
import { GockerError } from '../../errors/index.ts';
import { NetlinkError, NetworkHost } from '../../runtime/index.ts';
import type { EngineContext } from '../context.ts';
import { recordNetworkEvent } from '../events/subjects.ts';
import { parseMoment } from '../options/moment.ts';
import type { PruneNetworksOptions } from '../options/network-options.ts';
import { KernelSide } from './kernel-side.ts';
import { isToBePruned } from './match-networks.ts';
import type { Member } from './member.ts';
import { type Members, withMembers } from './members.ts';
import type { NetworkRecord } from './network-record.ts';
import { NetworkStore, noSuchNetwork, predefined } from './network-store.ts';
import { networksInUse } from './users.ts';

/**
 * Containers that don't run keep nobody from it, as with docker: they can't be started any more.
 *
 * @param options `force`: a missing one is no failure
 * @returns whether there was one
 * @throws GockerError `NETWORK_NOT_FOUND`, `NETWORK_AMBIGUOUS`, `NETWORK_IN_USE`, `NETWORK_PREDEFINED`
 */
export async function removeNetwork(
  context: EngineContext,
  text: string,
  { force = false }: { readonly force?: boolean } = {},
): Promise<boolean> {
  return await alone(context, async ({ store, members, remove }) => {
    const network = store.find(text);
    const ours = predefined.find((name) => name === (network?.name ?? text));
    if (ours !== undefined) throw isPredefined(ours);
    if (network === undefined) {
      if (force) return false;
      throw noSuchNetwork(text, 'remove');
    }
    const users = usersOf(network, members);
    if (users.length > 0) throw inUse(network, users);
    await remove(network);
    return true;
  });
}

/** Those that no container has, running or not. @returns their names @throws GockerError `TIME_INVALID` */
export async function pruneNetworks(
  context: EngineContext,
  options: PruneNetworksOptions = {},
): Promise<readonly string[]> {
  const { until } = options;
  const before = until === undefined ? undefined : parseMoment(until, '--filter until=', Date.now()) / 1_000_000n;
  return await alone(context, async ({ store, members, remove }) => {
    const used = networksInUse(context);
    const going = store
      .list()
      .filter(({ id, name }) => !predefined.some((ours) => ours === name) && !used.has(id))
      .filter((network) => usersOf(network, members).length === 0 && isToBePruned(network, options, before));
    for (const network of going) await remove(network);
    return going.map(({ name }) => name);
  });
}

/**
 * What killed gockers left goes: addresses, rules, names. Where no container runs, so does all that the kernel has of our networks:
 * it comes back with the next.
 */
export async function mendNetworks(context: EngineContext): Promise<void> {
  const store = new NetworkStore(context.directories.root);
  const networks = store.list();
  if (networks.length === 0) return;
  await withMembers(context, (members) => {
    using kernel = new KernelSide(context, { store, members });
    kernel.clearDead();
    if (members.living.length === 0) unlessUnused(networks, () => kernel.takeDownAll());
    else kernel.rebuild();
  });
}

interface Alone {
  readonly store: NetworkStore;
  readonly members: Members;
  remove(network: NetworkRecord): Promise<void>;
}

/** Nobody makes networks meanwhile, nor comes to one or goes. */
async function alone<T>(context: EngineContext, act: (alone: Alone) => Promise<T>): Promise<T> {
  const store = new NetworkStore(context.directories.root);
  return await store.exclusively(() =>
    withMembers(context, async (members) => {
      using kernel = new KernelSide(context, { store, members });
      kernel.clearDead();
      const remove = async (network: NetworkRecord) => {
        // What the kernel has of it goes first: what is left of one that is killed half way still has a name.
        unlessUnused([network], () => kernel.takeDown(network));
        await store.remove(network.id);
        recordNetworkEvent(context, 'destroy', network);
      };
      return await act({ store, members, remove });
    }),
  );
}

/** Who may not touch the kernel's networks has none there, nor has who has no nf_tables: only a bridge says that there is something. */
function unlessUnused(networks: readonly NetworkRecord[], act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof NetlinkError) || haveBridge(networks)) throw error;
  }
}

function haveBridge(networks: readonly NetworkRecord[]): boolean {
  using host = NetworkHost.open();
  return networks.some(({ bridge }) => host.link({ name: bridge }) !== undefined);
}

function usersOf({ id }: NetworkRecord, { living }: Members): readonly Member[] {
  return living.filter(({ endpoints }) => endpoints.some(({ network }) => network === id));
}

function isPredefined(name: string): GockerError {
  return new GockerError(
    'NETWORK_PREDEFINED',
    `cannot remove network "${name}": ${name} is a pre-defined network and cannot be removed`,
    { hint: 'What the kernel has of it goes with "gocker system prune", where no container runs.' },
  );
}

function inUse({ id, name }: NetworkRecord, users: readonly Member[]): GockerError {
  const endpoints = users.map((user) => {
    const endpoint = user.endpoints.find(({ network }) => network === id);
    return `name:"${user.name}" id:"${endpoint?.id.slice(0, 12) ?? ''}"`;
  });
  return new GockerError(
    'NETWORK_IN_USE',
    `cannot remove network "${name}": network ${name} has active endpoints (${endpoints.join(', ')})`,
    { hint: `Stop these containers first, or take them off it: gocker network disconnect ${name} CONTAINER.` },
  );
}
