/** A look at everything in the store: each blob hashed anew, each image followed to its last layer. */
import { GockerError } from '../errors/index.ts';
import type { Digest } from '../oci/index.ts';
import { blobFiles } from './blob-files.ts';
import { openBlob } from './blob-stream.ts';
import { statBlob } from './blobs.ts';
import { readIndex, type StoredImage } from './index-file.ts';
import type { Layout } from './layout.ts';
import { type Pointer, reach } from './reachability.ts';

export type Finding =
  | (BlobFinding & { readonly kind: 'ok' })
  /** The bytes are not those of the digest, or the disk does not give them: see `error`. */
  | (BlobFinding & { readonly kind: 'corrupt'; readonly error: GockerError })
  /** An image needs it and it is not there. */
  | (BlobFinding & { readonly kind: 'missing' })
  /** The blob is right and what points at it names another size. */
  | (BlobFinding & { readonly kind: 'wrong-size' })
  /** Neither a blob nor anything else that belongs there. */
  | { readonly kind: 'unknown-file'; readonly path: string }
  /** Then no image is known, and every blob looks unneeded. */
  | { readonly kind: 'broken-index'; readonly path: string; readonly error: GockerError };

export interface BlobFinding {
  readonly digest: Digest;
  /** Bytes in the store. */
  readonly size: number;
  /** What points at it, with the size that it should have; undefined where no image does. */
  readonly pointer: Pointer | undefined;
  /** The images that need it: where to fetch it from again. */
  readonly images: readonly StoredImage[];
}

export interface VerifyOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the length of each chunk that was hashed. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/**
 * Yields a finding for each blob and for whatever else is wrong. Changes nothing and takes no locks: a blob that is removed
 * meanwhile is passed over. What only a corrupt or missing manifest points at seems to belong to no image: verify again
 * after a repair.
 */
export async function* verifyStore(
  layout: Layout,
  options: VerifyOptions = {},
): AsyncGenerator<Finding, void, undefined> {
  const index = tryReadIndex(layout);
  if (index instanceof GockerError) yield { kind: 'broken-index', path: layout.index, error: index };
  const needs = collectNeeds(layout, index);
  for (const { path, digest } of blobFiles(layout)) {
    if (digest === undefined) yield { kind: 'unknown-file', path };
    else yield* verifyBlob(layout, needs.get(digest) ?? { digest, pointer: undefined, images: [] }, options);
  }
  // From the index as it is by now, and twice: an image that is being removed misses nothing.
  const missing = missingBlobs(layout);
  const still = new Set(missing.length === 0 ? [] : missingBlobs(layout).map((need) => need.digest));
  for (const need of missing) if (still.has(need.digest)) yield { kind: 'missing', size: 0, ...publicPart(need) };
}

function missingBlobs(layout: Layout): Need[] {
  const needs = [...collectNeeds(layout, tryReadIndex(layout)).values()];
  return needs.filter((need) => need.required === true && statBlob(layout, need.digest) === undefined);
}

function tryReadIndex(layout: Layout): StoredImage[] | GockerError {
  try {
    return readIndex(layout);
  } catch (error) {
    if (error instanceof GockerError) return error;
    throw error;
  }
}

interface Need {
  readonly digest: Digest;
  readonly pointer: Pointer | undefined;
  readonly images: StoredImage[];
  required?: boolean;
}

/** What the images need, by digest. */
function collectNeeds(layout: Layout, index: readonly StoredImage[] | GockerError): Map<Digest, Need> {
  const needs = new Map<Digest, Need>();
  for (const image of index instanceof GockerError ? [] : index) {
    for (const { pointer, required } of reach(layout, image.descriptor)) {
      const need = needs.get(pointer.digest) ?? { digest: pointer.digest, pointer, images: [] };
      need.images.push(image);
      need.required = need.required === true || required;
      needs.set(pointer.digest, need);
    }
  }
  return needs;
}

function publicPart({ digest, pointer, images }: Need): Omit<BlobFinding, 'size'> {
  return { digest, pointer, images };
}

async function* verifyBlob(
  layout: Layout,
  need: Need,
  options: VerifyOptions,
): AsyncGenerator<Finding, void, undefined> {
  const about = { ...publicPart(need), size: statBlob(layout, need.digest) ?? 0 };
  try {
    for await (const chunk of openBlob(layout, need.digest)) {
      options.signal?.throwIfAborted();
      options.onBytes?.(chunk.length);
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof GockerError)) throw error;
    if (error.code !== 'BLOB_NOT_FOUND') yield { kind: 'corrupt', error, ...about };
    return;
  }
  yield { kind: (need.pointer?.size ?? about.size) === about.size ? 'ok' : 'wrong-size', ...about };
}
