/** The volumes of a container that is made like another one: those with names are the same, those without are copied. */
import type { MountPoint, VolumePoint } from '../containers/spec/mounts/mount-point.ts';
import type { EngineContext } from '../context.ts';
import { anonymousLabel, makeUpVolumeName } from '../volumes/create.ts';
import { fillVolume } from '../volumes/fill.ts';
import { VolumeStore } from '../volumes/volume-store.ts';

/** With new names for the anonymous ones. Those of --volumes-from are a third container's: they stay shared. */
export function forkMounts(mounts: readonly MountPoint[]): readonly MountPoint[] {
  return mounts.map((point) => (isOwn(point) ? { ...point, name: makeUpVolumeName() } : point));
}

/**
 * Makes the anonymous volumes, with what the first container's have.
 *
 * @param to what forkMounts() made of `from`
 * @returns by the paths of the first container's, the paths of the copies
 */
export async function forkVolumes(
  context: EngineContext,
  from: readonly MountPoint[],
  to: readonly MountPoint[],
): Promise<ReadonlyMap<string, string>> {
  const store = new VolumeStore(context.directories.root);
  const paths = new Map<string, string>();
  for (const [at, point] of from.entries()) {
    const copy = to[at];
    if (!isOwn(point) || copy === undefined || !isOwn(copy)) continue;
    await copyVolume(store, point, copy);
    paths.set(store.data(point.name), store.data(copy.name));
  }
  return paths;
}

async function copyVolume(store: VolumeStore, { name, driverOptions }: VolumePoint, copy: VolumePoint): Promise<void> {
  const original = store.find(name);
  await store.exclusively(() =>
    store.create({
      name: copy.name,
      labels: original?.labels ?? { [anonymousLabel]: '' },
      options: original?.options ?? driverOptions,
      created: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    }),
  );
  if (original !== undefined) await fillVolume(store.folder(copy.name), { lowerdirs: [store.data(name)], path: '/' });
}

function isOwn(point: MountPoint): point is VolumePoint {
  return point.type === 'volume' && point.anonymous && point.mustExist !== true;
}
