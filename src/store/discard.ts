/** Corrupt blobs go, so that they can be fetched again; sound ones never do. */
import { unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GockerError } from '../errors/index.ts';
import type { Digest } from '../oci/index.ts';
import { openBlob } from './blob-stream.ts';
import { statBlob } from './blobs.ts';
import { syncDirectory } from './durable.ts';
import type { Layout } from './layout.ts';
import { PartialBlob } from './partial-blob.ts';
import { poll } from './poll.ts';

/**
 * Removes the blob if its bytes are not those that its digest names. It is read again under the blob's lock: another
 * process may have fetched it anew since somebody found it corrupt.
 *
 * @returns whether it was corrupt and is gone
 */
export async function discardCorruptBlob(layout: Layout, digest: Digest): Promise<boolean> {
  await layout.prepare();
  const lock = await poll(() => PartialBlob.claim(layout, digest), { first: 4, last: 128 });
  try {
    if (statBlob(layout, digest) === undefined || (await isSound(layout, digest))) return false;
    await unlink(layout.blob(digest));
    await syncDirectory(dirname(layout.blob(digest)));
    return true;
  } finally {
    await lock.close();
  }
}

async function isSound(layout: Layout, digest: Digest): Promise<boolean> {
  try {
    for await (const _ of openBlob(layout, digest));
    return true;
  } catch (error) {
    if (error instanceof GockerError) return false;
    throw error;
  }
}
