/** `pull`: a reference becomes an image that is here, whole. Its name is set last, so that nobody ever sees half of it. */
import { GockerError } from '../../errors/index.ts';
import {
  acceptsPlatform,
  type Digest,
  formatReference,
  hostPlatform,
  parsePlatform,
  parseReference,
} from '../../oci/index.ts';
import { createRegistryClient, type RegistryClient } from '../../registry/index.ts';
import type { EngineContext } from '../context.ts';
import { recordPull } from '../events/subjects.ts';
import { findByReference, type LoadedImage, loadImage } from '../images/stored.ts';
import { openSnapshotter } from '../snapshotter.ts';
import type { PulledImage, PullOptions } from '../types.ts';
import { fetchImage } from './fetch-image.ts';
import type { PullRequest } from './request.ts';

/** Idempotent: what is here is not fetched again. @throws GockerError of the registry, the store and the layers */
export async function pull(context: EngineContext, text: string, options: PullOptions = {}): Promise<PulledImage> {
  const reference = parseReference(text);
  const platform = options.platform === undefined ? hostPlatform() : parsePlatform(options.platform);
  const signal = options.signal ?? new AbortController().signal;
  signal.throwIfAborted();
  const onEvent = options.onEvent ?? (() => {});
  const client = createRegistryClient({ env: context.env, onEvent });
  const platformRequired = options.platform !== undefined;
  const request: PullRequest = { context, client, reference, platform, platformRequired, signal, onEvent };
  try {
    const image = await pullOrFallBack(request, client, options);
    recordPull(context, image.reference);
    return image;
  } finally {
    await client.close();
  }
}

async function pullOrFallBack(
  request: PullRequest,
  client: RegistryClient,
  { fallback }: PullOptions,
): Promise<PulledImage> {
  try {
    return await pullFromRegistry(request, client);
  } catch (error) {
    const unreachable = error instanceof GockerError && error.code === 'REGISTRY_UNREACHABLE';
    if (!unreachable || fallback === false) throw error;
    const { fallBack } = await import('../fallback/fall-back.ts');
    return await fallBack(request, error);
  }
}

async function pullFromRegistry(request: PullRequest, client: RegistryClient): Promise<PulledImage> {
  const { context, reference, signal, onEvent } = request;
  const name = formatReference(reference);
  onEvent({ kind: 'pulling', reference: name, from: reference.registry });
  const { digest, allowance } = await client.resolve(reference, { signal });
  if (allowance !== undefined) onEvent({ kind: 'allowance', ...allowance });
  // Even where all is here: taking a lease puts away those of pulls that were killed.
  await using lease = await context.store.lease();
  const here = completeImage(request, digest);
  if (here !== undefined) return { reference: name, digest, id: here.id, status: 'up-to-date' };
  const image = await fetchImage(request, digest, lease);
  await context.store.addImage({
    descriptor: image.descriptor,
    // As with docker, an image that was asked for by its digest has no tag.
    ...(reference.digest === undefined ? { name } : {}),
    repoDigest: `${reference.registry}/${reference.repository}@${digest}`,
  });
  return { reference: name, digest, id: image.id, status: 'downloaded' };
}

/** The image under this name, if it is the one that the registry has now and nothing of it is missing. */
function completeImage({ context, reference, platform }: PullRequest, digest: Digest): LoadedImage | undefined {
  const entry = findByReference(context.store, formatReference(reference));
  if (entry === undefined || !(entry.repoDigest?.endsWith(`@${digest}`) || entry.descriptor.digest === digest)) {
    return undefined;
  }
  try {
    const image = loadImage(context.store, entry, platform);
    const blobs = image.manifest.layers.every((layer) => context.store.stat(layer.digest) === layer.size);
    const unpacked = openSnapshotter(context).lowerdirs(image.config.rootfs.diff_ids) !== undefined;
    return blobs && unpacked && acceptsPlatform(platform, image.config) ? image : undefined;
  } catch (error) {
    // Broken: fetching it again is the cure.
    if (error instanceof GockerError) return undefined;
    throw error;
  }
}
