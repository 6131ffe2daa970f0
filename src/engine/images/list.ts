/** `images`: what is here. */
import { familiarRepository, matchReference, parseReference } from '../../oci/index.ts';
import type { EngineContext } from '../context.ts';
import { openSnapshotter, stacksOf } from '../snapshotter.ts';
import type { ImageFilters, ImageSummary } from '../types.ts';
import { type LoadedImage, loadAll } from './stored.ts';

/** Newest first. An image that cannot be read is left out with a warning. @throws GockerError `INDEX_INVALID` */
export async function listImages(context: EngineContext, filters: ImageFilters = {}): Promise<readonly ImageSummary[]> {
  const images = loadAll(context.store, (entry, error) => {
    const name = entry.name ?? entry.repoDigest ?? entry.descriptor.digest;
    context.warn(`image "${name}" is broken: ${error.message} ("gocker verify --repair" may cure it)`);
  });
  const summaries = images.filter((image) => matches(image, filters)).map((image) => summarize(context, image));
  return summaries.sort((a, b) => (b.created ?? '').localeCompare(a.created ?? ''));
}

export function summarize(context: EngineContext, image: LoadedImage): ImageSummary {
  const { name, repoDigest } = image.entry;
  const reference = referenceOf(name ?? repoDigest);
  const digest = repoDigest === undefined ? undefined : referenceOf(repoDigest)?.digest;
  return {
    id: image.id,
    repository: reference === undefined ? name : familiarRepository(reference),
    tag: name === undefined ? undefined : reference?.tag,
    digest: digest ?? (name === undefined ? undefined : image.descriptor.digest),
    created: image.config.created,
    size: imageSize(context, image),
  };
}

/** Bytes of the unpacked layers; of a layer that is not unpacked (any more), those of its blob. */
export function imageSize(context: EngineContext, image: LoadedImage): number {
  return layerSizes(context, image).reduce((sum, size) => sum + size, 0);
}

export function layerSizes(context: EngineContext, { config, manifest }: LoadedImage): number[] {
  const snapshotter = openSnapshotter(context);
  const stacks = stacksOf(config.rootfs.diff_ids);
  return stacks.map((stack, at) => snapshotter.size(stack) ?? manifest.layers[at]?.size ?? 0);
}

function matches({ entry }: LoadedImage, { dangling, references }: ImageFilters): boolean {
  if (dangling !== undefined && dangling !== (entry.name === undefined)) return false;
  if (references === undefined || references.length === 0) return true;
  const reference = referenceOf(entry.name);
  return reference !== undefined && references.some((pattern) => matchReference(pattern, reference));
}

/** Undefined for a name that another program gave and that is no reference. */
function referenceOf(text: string | undefined) {
  try {
    return text === undefined ? undefined : parseReference(text);
  } catch {
    return undefined;
  }
}
