/** The end of a pull whose registry can't be reached: an image of this machine comes into the store in its place, said aloud. */
import type { GockerError } from '../../errors/index.ts';
import { type Descriptor, formatReference } from '../../oci/index.ts';
import { fetchImage } from '../pull/fetch-image.ts';
import type { PullRequest } from '../pull/request.ts';
import type { PulledImage } from '../types.ts';
import { findFallback } from './find-fallback.ts';
import type { LocalImage } from './local-image.ts';

/**
 * Idempotent: the same machine makes the same image again, which is then here already.
 *
 * @throws the error that it is given, where there is nothing to fall back on; those of findFallback(), the store and the layers
 */
export async function fallBack(request: PullRequest, unreachable: GockerError): Promise<PulledImage> {
  const { context, platform } = request;
  const image = await findFallback({ reference: request.reference, platform, env: context.env });
  if (image === undefined) throw unreachable;
  context.warn(unreachable.message);
  context.warn(image.warning);
  const { reference, manifest } = image;
  const name = formatReference(reference);
  await using lease = await context.store.lease();
  const kept = await fetchImage({ ...request, reference, client: sourceOf(image) }, manifest.descriptor.digest, lease);
  // No digest of a repository: no registry is known to have it.
  await context.store.addImage({ descriptor: kept.descriptor, name });
  return { reference: name, digest: kept.descriptor.digest, id: kept.id, status: 'fallback' };
}

/** The part of a registry that an image is fetched from. */
function sourceOf({ manifest, config, openLayer }: LocalImage): PullRequest['client'] {
  return {
    async fetchManifest() {
      return { bytes: manifest.bytes, mediaType: manifest.descriptor.mediaType, digest: manifest.descriptor.digest };
    },
    async *fetchBlob(_, { digest }: Descriptor, { offset = 0 } = {}) {
      if (digest === config.descriptor.digest) yield config.bytes.subarray(offset);
      else yield* openLayer(offset);
    },
  };
}
