/** What is left when nobody needs it any more: blobs go by the store's rules, unpacked layers under the same lock. */
import type { Digest } from '../../oci/index.ts';
import type { EngineContext } from '../context.ts';
import { collectFrozen } from '../snapshots/collect.ts';
import { openSnapshotter, stacksOf } from '../snapshotter.ts';
import { loadAll } from './stored.ts';

export interface Collected {
  readonly blobs: readonly Digest[];
  /** diffIDs of the layers that are not unpacked any more. */
  readonly layers: readonly Digest[];
}

/**
 * Removes what no image, no container and no pull in progress needs. Where an image cannot be read, nobody knows which layers
 * it stands on: then all stay.
 */
export async function collectGarbage(context: EngineContext): Promise<Collected> {
  const snapshotter = openSnapshotter(context);
  const layers: Digest[] = [];
  const removals: Promise<void>[] = [];
  const { blobs } = await context.store.collectGarbage({
    whileLocked: (needed) => {
      const live = liveLayers(context);
      if (live === undefined) return;
      for (const { key, record } of snapshotter.list()) {
        const diffID = record.diffID as string as Digest;
        // A pull leases the diffIDs of its image before it looks which are here.
        if (live.has(key) || needed.has(diffID)) continue;
        layers.push(diffID);
        // Renamed away before it first waits, so under the lock; the unlinking goes on after it.
        removals.push(snapshotter.remove(key));
      }
    },
  });
  await Promise.all(removals);
  await snapshotter.sweep();
  // Of containers whose removal was cut off.
  await collectFrozen(context);
  return { blobs: blobs.map(({ digest }) => digest), layers };
}

/** Keys of the layers that images and containers stand on; undefined where an image cannot be read. */
function liveLayers(context: EngineContext): Set<string> | undefined {
  const snapshotter = openSnapshotter(context);
  let broken = false;
  const images = loadAll(context.store, () => {
    broken = true;
  });
  if (broken) return undefined;
  const diffIDs = [
    ...images.map(({ config }) => config.rootfs.diff_ids),
    ...context.containers
      .list()
      .flatMap(({ layers, mounts = [] }) => [
        layers,
        ...mounts.flatMap((point) => (point.type === 'image' ? [point.layers ?? []] : [])),
      ]),
  ];
  return new Set(diffIDs.flatMap(stacksOf).flatMap((stack) => snapshotter.key(stack) ?? []));
}
