/** `system df`: what images, containers and volumes take up. */
import type { DiffID } from '../oci/index.ts';
import { listContainers } from './containers/list.ts';
import type { EngineContext } from './context.ts';
import { summarize } from './images/list.ts';
import { type LoadedImage, loadAll } from './images/stored.ts';
import type { DiskUsage, ImageUsage, VolumeUsage } from './options/usage-options.ts';
import { openSnapshotter, stacksOf } from './snapshotter.ts';
import { treeBytes } from './tree-bytes.ts';
import { listVolumes } from './volumes/list.ts';
import { volumeUsers } from './volumes/users.ts';

/** Looks at every file that containers and volumes have. An image that can't be read is left out. */
export async function diskUsage(context: EngineContext): Promise<DiskUsage> {
  const images = loadAll(context.store, () => {});
  const layers = countLayers(context, images);
  const containers = await listContainers(context, { size: true });
  const users = volumeUsers(context);
  const volumes = await listVolumes(context);
  return {
    layersSize: [...layers.values()].reduce((sum, { size }) => sum + size, 0),
    images: images
      .map((image): ImageUsage => {
        const own = keysOf(context, image).flatMap((key) => layers.get(key) ?? []);
        return {
          ...summarize(context, image),
          sharedSize: own.filter(({ users }) => users.size > 1).reduce((sum, { size }) => sum + size, 0),
          containers: containers.filter(({ imageID }) => imageID === image.id).length,
        };
      })
      .sort((a, b) => (b.created ?? '').localeCompare(a.created ?? '')),
    containers,
    volumes: volumes.map(
      (volume): VolumeUsage => ({
        ...volume,
        size: treeBytes(volume.Mountpoint),
        links: users.get(volume.Name)?.length ?? 0,
      }),
    ),
  };
}

interface LayerUsage {
  readonly size: number;
  /** Ids of the images that have it. */
  readonly users: Set<string>;
}

/** By the names that the snapshotter has for them. */
function countLayers(context: EngineContext, images: readonly LoadedImage[]): ReadonlyMap<string, LayerUsage> {
  const sizes = new Map(
    openSnapshotter(context)
      .list()
      .map(({ key, record }) => [key, record.size]),
  );
  const layers = new Map<string, LayerUsage>();
  for (const image of images) {
    for (const key of keysOf(context, image)) {
      const layer = layers.get(key) ?? { size: sizes.get(key) ?? 0, users: new Set() };
      layer.users.add(image.id);
      layers.set(key, layer);
    }
  }
  return layers;
}

function keysOf(context: EngineContext, { config }: LoadedImage): string[] {
  const snapshotter = openSnapshotter(context);
  return stacksOf<DiffID>(config.rootfs.diff_ids).flatMap((stack) => snapshotter.key(stack) ?? []);
}
