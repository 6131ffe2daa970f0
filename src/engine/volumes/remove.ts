/** `volume rm`, `volume prune`, and what goes with a container. */
import { GockerError } from '../../errors/index.ts';
import type { ContainerRecord } from '../containers/record.ts';
import type { EngineContext } from '../context.ts';
import { recordVolumeEvent } from '../events/subjects.ts';
import type { VolumeFilters, VolumesPruned } from '../options/volume-options.ts';
import { treeBytes } from '../tree-bytes.ts';
import { anonymousLabel } from './create.ts';
import { matches, noSuchVolume } from './list.ts';
import { volumeUsers } from './users.ts';
import { VolumeStore } from './volume-store.ts';

/**
 * @param options `force`: a missing one is no failure
 * @throws GockerError `VOLUME_NOT_FOUND`, `VOLUME_IN_USE`
 */
export async function removeVolume(
  context: EngineContext,
  name: string,
  options: { readonly force?: boolean } = {},
): Promise<void> {
  const store = new VolumeStore(context.directories.root);
  await store.exclusively(() => {
    if (store.find(name) === undefined) {
      if (options.force === true) return;
      throw noSuchVolume('remove', name);
    }
    // Looked up under the lock: a container's record names its volumes before it makes or mounts any.
    const users = volumeUsers(context).get(name);
    if (users !== undefined) {
      throw new GockerError(
        'VOLUME_IN_USE',
        `cannot remove volume "${name}": volume is in use - [${users.join(', ')}]`,
        {
          hint: 'Remove these containers first, running or not: "gocker rm".',
        },
      );
    }
    store.remove(name);
    recordVolumeEvent(context, 'destroy', name);
  });
}

/** Those that no container uses: the anonymous ones, or with `all` any. */
export async function pruneVolumes(
  context: EngineContext,
  filters: VolumeFilters & { readonly all?: boolean } = {},
): Promise<VolumesPruned> {
  const store = new VolumeStore(context.directories.root);
  return await store.exclusively(() => {
    const users = volumeUsers(context);
    const going = store
      .list()
      .filter(({ name }) => !users.has(name))
      .filter((volume) => filters.all === true || anonymousLabel in volume.labels)
      .filter((volume) => matches(volume, filters));
    const reclaimed = going.reduce((sum, { name }) => sum + treeBytes(store.data(name)), 0);
    for (const { name } of going) {
      store.remove(name);
      recordVolumeEvent(context, 'destroy', name);
    }
    return { names: going.map(({ name }) => name), reclaimed };
  });
}

/** The anonymous volumes of a container that ends its days; those that another has too stay. Idempotent. */
export async function removeAnonymousVolumes(context: EngineContext, record: ContainerRecord): Promise<void> {
  const store = new VolumeStore(context.directories.root);
  const points = (record.mounts ?? []).filter((point) => point.type === 'volume' && point.anonymous);
  await store.exclusively(() => {
    const users = volumeUsers(context);
    for (const { name } of points.filter((point) => point.type === 'volume')) {
      const others = users.get(name)?.filter((id) => id !== record.id) ?? [];
      if (others.length > 0 || store.find(name) === undefined) continue;
      store.remove(name);
      recordVolumeEvent(context, 'destroy', name);
    }
  });
}
