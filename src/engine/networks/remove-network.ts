/** `network rm`, `network prune`, and what mends the kernel's side after a crash. */
import { GockerError } from '../../errors/index.ts';
import type { EngineContext } from '../context.ts';
import { recordNetworkEvent } from '../events/subjects.ts';
import { parseMoment } from '../options/moment.ts';
import type { NetworkFilters } from '../options/network-options.ts';
import { KernelSide } from './kernel-side.ts';
import { matchesLabels } from './list-networks.ts';
import { type Members, withMembers } from './members.ts';
import type { NetworkRecord } from './network-record.ts';
import { NetworkStore, noSuchNetwork, predefined } from './network-store.ts';

/**
 * @param options `force`: a missing one is no failure
 * @throws GockerError `NETWORK_NOT_FOUND`, `NETWORK_AMBIGUOUS`, `NETWORK_IN_USE`, `NETWORK_PREDEFINED`
 */
export async function removeNetwork(
  context: EngineContext,
  text: string,
  { force = false }: { readonly force?: boolean } = {},
): Promise<void> {
  if (predefined.some((name) => name === text)) throw isPredefined(text);
  const store = new NetworkStore(context.directories.root);
  await store.exclusively(() =>
    withMembers(context, async (members) => {
      const network = store.find(text);
      if (network === undefined) {
        if (force) return;
        throw noSuchNetwork(text);
      }
      if (network.name === 'bridge') throw isPredefined(network.name);
      const users = usersOf(network, members);
      if (users.length > 0) {
        throw new GockerError(
          'NETWORK_IN_USE',
          `cannot remove network "${network.name}": network has active endpoints (${users.join(', ')})`,
          { hint: `Stop these containers first, or take them off it: gocker network disconnect ${network.name} NAME.` },
        );
      }
      await remove(context, network, { store, members });
    }),
  );
}

/** Those that no container has, running or not. @returns their names */
export async function pruneNetworks(
  context: EngineContext,
  { labels = [], labelsNot = [], until }: Pick<NetworkFilters, 'labels' | 'labelsNot' | 'until'> = {},
): Promise<readonly string[]> {
  const before = until === undefined ? undefined : parseMoment(until, '--filter until', Date.now()) / 1_000_000n;
  const store = new NetworkStore(context.directories.root);
  return await store.exclusively(() =>
    withMembers(context, async (members) => {
      const used = new Set(
        context.containers.list(() => {}).flatMap(({ networks = [] }) => networks.map(({ network }) => network)),
      );
      const going = store
        .list()
        .filter(({ id, name }) => name !== 'bridge' && !used.has(id))
        .filter((network) => usersOf(network, members).length === 0)
        .filter((network) => matchesLabels(network.labels, labels))
        .filter((network) => !labelsNot.some((label) => matchesLabels(network.labels, [label])))
        .filter(({ created }) => before === undefined || BigInt(Date.parse(created)) < before);
      for (const network of going) await remove(context, network, { store, members });
      return going.map(({ name }) => name);
    }),
  );
}

/**
 * What killed gockers left goes: addresses, rules, names. Where no container runs, so does all that the kernel has of our networks:
 * it comes back with the next.
 */
export async function mendNetworks(context: EngineContext): Promise<void> {
  const store = new NetworkStore(context.directories.root);
  if (store.list().length === 0) return;
  await withMembers(context, (members) => {
    using kernel = new KernelSide(context, { store, members });
    kernel.clearDead();
    if (members.living.length === 0) kernel.takeDownAll();
    else kernel.rebuild();
  });
}

async function remove(
  context: EngineContext,
  network: NetworkRecord,
  { store, members }: { readonly store: NetworkStore; readonly members: Members },
): Promise<void> {
  {
    using kernel = new KernelSide(context, { store, members });
    kernel.clearDead();
    kernel.takeDown(network);
  }
  await store.remove(network.id);
  recordNetworkEvent(context, 'destroy', network);
}

function usersOf({ id }: NetworkRecord, members: Members): string[] {
  return members.living
    .filter(({ endpoints }) => endpoints.some(({ network }) => network === id))
    .map(({ name }) => name);
}

function isPredefined(name: string): GockerError {
  return new GockerError(
    'NETWORK_PREDEFINED',
    `cannot remove network "${name}": ${name} is a pre-defined network and cannot be removed`,
  );
}
