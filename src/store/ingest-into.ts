/** An ingest together with its consumer, so that kept bytes which turn out to be wrong cost a second try and not the blob. */
import { GockerError } from '../errors/index.ts';
import type { Content } from './blobs.ts';
import { discardCorruptBlob } from './discard.ts';
import { type Fetch, type IngestOptions, ingest } from './ingest.ts';
import type { Layout } from './layout.ts';

export interface IngestIntoOptions<T> extends IngestOptions {
  readonly fetch: Fetch;
  /** Takes all bytes of the blob; called again, with all of them, where the first time some were wrong. */
  readonly consume: (bytes: AsyncIterable<Uint8Array>) => Promise<T>;
}

/**
 * Like `ingest()`, and resolves with what `consume` made of the bytes once the blob is in the store, even where `consume`
 * did not read to the end. Bytes that were kept from before can be garbage, after a power cut or on a failing disk, and the
 * consumer is the first to choke on them: then they are thrown away and everything begins once more, from byte 0.
 *
 * @throws as `ingest()`; what `consume` throws
 */
export async function ingestInto<T>(layout: Layout, content: Content, options: IngestIntoOptions<T>): Promise<T> {
  let kept = false;
  const onBytes = (bytes: number, origin: 'kept' | 'fetched') => {
    if (origin === 'kept') kept = true;
    options.onBytes?.(bytes, origin);
  };
  try {
    return await attempt(layout, content, { ...options, onBytes }, () => kept);
  } catch (error) {
    if (!kept || !wrongBytes(error) || !(await forget(layout, content, error))) throw error;
    return await attempt(layout, content, options, () => false);
  }
}

async function attempt<T>(layout: Layout, content: Content, options: IngestIntoOptions<T>, suspicious: () => boolean) {
  const stream = ingest(layout, content, options.fetch, options);
  try {
    // Without return(): where the consumer stops early, the rest is still to come.
    const result = await options.consume({ [Symbol.asyncIterator]: () => ({ next: () => stream.next() }) });
    await drain(stream);
    return result;
  } catch (error) {
    // Whose fault is it? That of the kept bytes if the digest says so, and only the whole blob can tell.
    if (suspicious() && options.signal?.aborted !== true && !wrongBytes(error)) {
      await drain(stream).catch((verdict: unknown) => {
        if (wrongBytes(verdict)) throw verdict;
      });
    }
    throw error;
  } finally {
    await stream.return();
  }
}

async function drain(stream: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of stream);
}

function wrongBytes(error: unknown): boolean {
  return (
    error instanceof GockerError && ['BLOB_DIGEST_MISMATCH', 'BLOB_CORRUPT', 'BLOB_SIZE_MISMATCH'].includes(error.code)
  );
}

/** A partial is gone already; a blob goes if it is really corrupt. @returns whether another try can end otherwise */
async function forget(layout: Layout, content: Content, error: unknown): Promise<boolean> {
  if (error instanceof GockerError && error.code === 'BLOB_DIGEST_MISMATCH') return true;
  return await discardCorruptBlob(layout, content.digest);
}
