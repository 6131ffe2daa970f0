/** `image prune`: images that have no name, or with `all` those that no container is of. */
import { GockerError } from '../../errors/index.ts';
import type { EngineContext } from '../context.ts';
import { parseMoment } from '../options/moment.ts';
import type { ImagesPruned, PruneImagesOptions } from '../options/usage-options.ts';
import { openSnapshotter } from '../snapshotter.ts';
import type { ImageRemoval } from '../types.ts';
import { removeImage } from './remove.ts';
import { type LoadedImage, loadAll } from './stored.ts';

/** What runs keeps its image, and what doesn't its layers, also where it was made meanwhile. @throws GockerError `TIME_INVALID` */
export async function pruneImages(context: EngineContext, options: PruneImagesOptions = {}): Promise<ImagesPruned> {
  const { until, labels = [], labelsNot = [] } = options;
  const before = until === undefined ? undefined : parseMoment(until, '--filter until', Date.now());
  const images = loadAll(context.store, () => {});
  const named = new Set(images.filter(({ entry }) => entry.name !== undefined).map(({ id }) => id));
  const used = new Set(context.containers.list(() => {}).map(({ imageID }) => imageID));
  const going = images.filter(
    (image) =>
      !used.has(image.id) &&
      (options.all === true || !named.has(image.id)) &&
      (before === undefined || isBefore(image, before)) &&
      labels.every((label) => hasLabel(image, label)) &&
      !labelsNot.some((label) => hasLabel(image, label)),
  );
  const sizes = new Map<string, number>(
    openSnapshotter(context)
      .list()
      .map(({ record }) => [record.diffID, record.size]),
  );
  const removals: ImageRemoval[] = [];
  for (const id of new Set(going.map((image) => image.id))) {
    const names = images.filter((image) => image.id === id);
    removals.push(...(await removeUnused(context, id, { force: names.length > 1 })));
  }
  const gone = removals.flatMap((removal) => (removal.kind === 'deleted' ? [sizes.get(removal.digest) ?? 0] : []));
  return { removals, reclaimed: gone.reduce((sum, size) => sum + size, 0) };
}

async function removeUnused(
  context: EngineContext,
  id: string,
  options: { readonly force: boolean },
): Promise<readonly ImageRemoval[]> {
  try {
    return await removeImage(context, id, options);
  } catch (error) {
    // It has got a container, or somebody else has removed it.
    if (error instanceof GockerError && ['IMAGE_IN_USE', 'IMAGE_NOT_FOUND'].includes(error.code)) return [];
    throw error;
  }
}

/** One that doesn't say when it was made is old enough. @param moment nanoseconds since 1970 */
function isBefore({ config }: LoadedImage, moment: bigint): boolean {
  const made = Date.parse(config.created ?? '');
  return Number.isNaN(made) || BigInt(made) * 1_000_000n < moment;
}

function hasLabel({ config }: LoadedImage, label: string): boolean {
  const labels = config.config?.Labels ?? {};
  const equals = label.indexOf('=');
  return equals < 0 ? Object.hasOwn(labels, label) : labels[label.slice(0, equals)] === label.slice(equals + 1);
}
