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
    if (!(await canBeOtherwise(layout, content, { error, kept }))) throw error;
    return await attempt(layout, content, options, () => false);
  }
}

async function attempt<T>(layout: Layout, content: Content, options: IngestIntoOptions<T>, suspicious: () => boolean) {
  const stream = ingest(layout, content, options.fetch, options);
  let failure: { readonly error: unknown } | undefined;
  const next = () =>
    stream.next().catch((error: unknown) => {
      failure = { error };
      throw error;
    });
  try {
    // Without return(): where the consumer stops early, the rest is still to come.
    const result = await options.consume({ [Symbol.asyncIterator]: () => ({ next }) });
    await drain(stream);
    return result;
  } catch (error) {
    // The consumer may have put it in other words.
    if (failure !== undefined) throw failure.error;
    // Whose fault is it? That of the kept bytes if the digest says so, and only the whole blob can tell.
    if (suspicious() && options.signal?.aborted !== true) {
      await drain(stream).catch((verdict: unknown) => {
        if (hasCode(verdict, ['BLOB_DIGEST_MISMATCH', 'BLOB_CORRUPT'])) throw verdict;
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

/** The partial went with its error, so that the next try begins at zero; a blob that is corrupt indeed goes here. */
async function canBeOtherwise(
  layout: Layout,
  content: Content,
  { error, kept }: { readonly error: unknown; readonly kept: boolean },
): Promise<boolean> {
  if (hasCode(error, ['BLOB_DIGEST_MISMATCH'])) return kept;
  return hasCode(error, ['BLOB_CORRUPT', 'BLOB_SIZE_MISMATCH']) && (await discardCorruptBlob(layout, content.digest));
}

function hasCode(error: unknown, codes: readonly string[]): boolean {
  return error instanceof GockerError && codes.includes(error.code);
}
