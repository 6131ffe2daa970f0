/**
 * The way into the store: one pass that gives the caller every byte of a blob while it writes, hashes and at last publishes
 * them. One process fetches; others that want the same blob wait for its lock and then read what it left.
 */
import { GockerError } from '../errors/index.ts';
import type { Digest } from '../oci/index.ts';
import { openBlob } from './blob-stream.ts';
import { type Content, statBlob } from './blobs.ts';
import { startDigestCheck } from './digest-check.ts';
import { explainFullDisk, requireSpace } from './disk-space.ts';
import type { Layout } from './layout.ts';
import { PartialBlob } from './partial-blob.ts';
import { poll } from './poll.ts';

/**
 * The bytes from `offset` to the blob's end. Errors of its own pass through the ingest unchanged. It must end soon after
 * the signal aborts, and never write to a chunk that it has given out.
 */
export type Fetch = (
  offset: number,
  signal?: AbortSignal,
) => AsyncIterable<Uint8Array> | Promise<AsyncIterable<Uint8Array>>;

export interface IngestOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the length of each chunk; `kept` bytes were here before, from an earlier process or as the whole blob. */
  readonly onBytes?: ((bytes: number, origin: 'kept' | 'fetched') => void) | undefined;
  /** Called once where another process is fetching the blob. */
  readonly onWaiting?: (() => void) | undefined;
}

/**
 * Yields all bytes of the blob, in order, each once: those that are kept, then those that `fetch` gives. It ends only after
 * the blob is verified, durable and in the store. Chunks are not copies: leave them as they are.
 *
 * What came so far is kept for the next ingest when the fetch fails or falls short, the signal aborts or the consumer
 * stops; it is deleted when the bytes are wrong.
 *
 * @throws GockerError `BLOB_DIGEST_MISMATCH`, `BLOB_TOO_LONG`, `BLOB_TOO_SHORT`, `DISK_FULL`; `BLOB_CORRUPT` where the store
 *   had it and its bytes rotted; the signal's reason; what `fetch` throws
 */
export async function* ingest(
  layout: Layout,
  content: Content,
  fetch: Fetch,
  options: IngestOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  await layout.prepare();
  const partial = await claim(layout, content.digest, options).catch((error: unknown) => {
    throw explainFullDisk(error, `blob "${content.digest}"`, content.size, layout.ingest);
  });
  if (partial === 'stored') {
    requireSize(content, statBlob(layout, content.digest));
    for await (const chunk of openBlob(layout, content.digest)) {
      options.signal?.throwIfAborted();
      options.onBytes?.(chunk.length, 'kept');
      yield chunk;
    }
    return;
  }
  try {
    yield* fill(partial, content, { ...options, fetch, folder: layout.ingest });
  } finally {
    await partial.close();
  }
}

/** Waits until the blob is ours to fetch, or stored: maybe by another process that fetched it meanwhile. */
function claim(layout: Layout, digest: Digest, options: IngestOptions): Promise<PartialBlob | 'stored'> {
  const isStored = () => statBlob(layout, digest) !== undefined;
  let onWaiting = options.onWaiting;
  const attempt = async () => {
    if (isStored()) return 'stored';
    const partial = await PartialBlob.claim(layout, digest);
    if (partial !== undefined && isStored()) {
      // Its last owner finished between our look and our open(2), which then made a new and empty file.
      await partial.drop();
      await partial.close();
      return 'stored';
    }
    if (partial === undefined) onWaiting?.();
    onWaiting = undefined;
    return partial;
  };
  return poll<PartialBlob | 'stored'>(attempt, { first: 4, last: 128, signal: options.signal });
}

function requireSize(content: Content, size: number | undefined): void {
  // Where it has vanished meanwhile, openBlob() says so.
  if (size === undefined || size === content.size) return;
  throw new GockerError(
    'BLOB_SIZE_MISMATCH',
    `cannot use blob "${content.digest}": the store has ${size} bytes of it (expected ${content.size})`,
    { hint: 'Either the image names a wrong size, or the disk lost bytes: "gocker verify --repair" tells and cures.' },
  );
}

interface FillOptions extends IngestOptions {
  readonly fetch: Fetch;
  readonly folder: string;
}

async function* fill(
  partial: PartialBlob,
  { digest, size }: Content,
  { fetch, folder, signal, onBytes }: FillOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const check = await startDigestCheck(digest);
  // More than all of it is no beginning of it.
  if (partial.length > size) await partial.truncate();
  requireSpace(`blob "${digest}"`, size - partial.length, folder);
  let length = partial.length;
  for await (const chunk of partial.read()) {
    signal?.throwIfAborted();
    check.update(chunk);
    onBytes?.(chunk.length, 'kept');
    yield chunk;
  }
  try {
    if (length < size) {
      for await (const chunk of await fetch(length, signal)) {
        signal?.throwIfAborted();
        length += chunk.length;
        if (length > size) throw tooLong(digest, size);
        check.update(chunk);
        const room = partial.append(chunk);
        if (room !== undefined) await room;
        onBytes?.(chunk.length, 'fetched');
        yield chunk;
      }
    }
    if (length < size) throw tooShort(digest, size, length);
    const found = check.finish();
    if (found !== digest) throw mismatch(digest, found);
    await partial.commit();
  } catch (error) {
    const told = explainFullDisk(error, `blob "${digest}"`, size, folder);
    if (told instanceof GockerError && fatal.has(told.code)) await partial.drop();
    throw told;
  }
}

/** After these the bytes so far are of no use; or they take up a disk that others need. */
const fatal: ReadonlySet<string> = new Set(['BLOB_DIGEST_MISMATCH', 'BLOB_TOO_LONG', 'DISK_FULL']);

function mismatch(digest: Digest, found: Digest): GockerError {
  return new GockerError(
    'BLOB_DIGEST_MISMATCH',
    `cannot ingest blob "${digest}": its bytes hash to "${found}" (expected "${digest}")`,
    {
      hint: 'Nothing of it was kept. Try again; if it stays so, the registry or a proxy on the way serves wrong bytes.',
    },
  );
}

function tooLong(digest: Digest, size: number): GockerError {
  return new GockerError('BLOB_TOO_LONG', `cannot ingest blob "${digest}": more bytes came (expected ${size})`, {
    hint: 'Nothing of it was kept. The registry serves other bytes than the image says, or the image names a wrong size.',
  });
}

function tooShort(digest: Digest, size: number, length: number): GockerError {
  return new GockerError('BLOB_TOO_SHORT', `cannot ingest blob "${digest}": ${length} bytes came (expected ${size})`, {
    hint: 'What came is kept: try again to go on from there.',
  });
}
