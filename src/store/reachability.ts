/**
 * What an image consists of: from its descriptor through indexes and manifests to configs and layers. Read loosely: whether
 * a document makes a good image is for others to say, here it matters what it holds on to.
 */
import { GockerError } from '../errors/index.ts';
import { type Descriptor, type Digest, isDigest } from '../oci/index.ts';
import { MAX_DOCUMENT_BYTES, readDocument, statBlob } from './blobs.ts';
import type { Layout } from './layout.ts';

/** A descriptor as far as it is known: of what a lease names there is no more than the digest. */
export type Pointer = Pick<Descriptor, 'digest'> & Partial<Pick<Descriptor, 'mediaType' | 'size'>>;

export interface Visit {
  readonly pointer: Pointer;
  /** `corrupt`: a document whose bytes are not those of its digest, so that nobody knows what it points at. */
  readonly state: 'there' | 'absent' | 'corrupt';
  /** True where its media type says that it points at more. */
  readonly document: boolean;
  /** False for images of other platforms, which an index names and nobody needs to have. */
  readonly required: boolean;
}

interface Step {
  readonly pointer: Pointer;
  readonly required: boolean;
  /** Configs and layers point at nothing, whatever their bytes look like. */
  readonly leaf: boolean;
}

/** Everything that is reached from there, the start included, each digest once. */
export function* reach(layout: Layout, start: Pointer): Generator<Visit, void, undefined> {
  const seen = new Set<Digest>();
  const steps: Step[] = [{ pointer: start, required: true, leaf: false }];
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    const { pointer, required, leaf } = step;
    if (seen.has(pointer.digest)) continue;
    seen.add(pointer.digest);
    const document = !leaf && isDocument(pointer);
    const size = statBlob(layout, pointer.digest);
    const next = size === undefined || leaf ? [] : follow(layout, pointer, size);
    yield {
      pointer,
      required,
      document,
      state: size === undefined ? 'absent' : next === undefined ? 'corrupt' : 'there',
    };
    steps.push(...(next ?? []));
  }
}

function isDocument({ mediaType = '' }: Pointer): boolean {
  return /manifest|index/.test(mediaType);
}

/** @returns undefined where it should be a document and is not what its digest says */
function follow(layout: Layout, pointer: Pointer, size: number): Step[] | undefined {
  const known = pointer.mediaType !== undefined;
  if (known ? !isDocument(pointer) : size > MAX_DOCUMENT_BYTES) return [];
  try {
    return pointersIn(readDocument(layout, pointer.digest));
  } catch (error) {
    if (!(error instanceof GockerError)) throw error;
    return known ? undefined : [];
  }
}

/** image-spec v1.1.1 manifest.md, image-index.md: where a document may hold descriptors. `subject` holds on to nothing. */
function pointersIn(bytes: Buffer): Step[] {
  let document: { config?: unknown; layers?: unknown; manifests?: unknown };
  try {
    document = Object(JSON.parse(bytes.toString()));
  } catch {
    return [];
  }
  const { config, layers, manifests } = document;
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
  return [
    ...[config, ...list(layers)].filter(isPointer).map((pointer) => ({ pointer, required: true, leaf: true })),
    ...list(manifests)
      .filter(isPointer)
      .map((pointer) => ({ pointer, required: false, leaf: false })),
  ];
}

function isPointer(value: unknown): value is Pointer {
  const { digest, size, mediaType } = Object(value);
  return isDigest(digest) && typeof mediaType === 'string' && Number.isSafeInteger(size);
}
