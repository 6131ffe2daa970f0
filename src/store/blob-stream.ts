/** The bytes of stored blobs as streams. */
import { type FileHandle, open } from 'node:fs/promises';
import type { Digest } from '../oci/index.ts';
import { corrupt, explain } from './blobs.ts';
import { startDigestCheck } from './digest-check.ts';
import type { Layout } from './layout.ts';

const READ_BYTES = 512 * 1024;

/**
 * The bytes of a blob, in order; the stream ends only if they were right, and fails at its end if not.
 *
 * @throws GockerError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`
 */
export async function* openBlob(layout: Layout, digest: Digest): AsyncGenerator<Uint8Array, void, undefined> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(layout.blob(digest), 'r');
    const check = await startDigestCheck(digest);
    for await (const chunk of readChunks(handle, Number.POSITIVE_INFINITY)) {
      check.update(chunk);
      yield chunk;
    }
    const found = check.finish();
    if (found !== digest) throw corrupt(digest, `its bytes hash to "${found}"`);
  } catch (error) {
    throw explain(digest, error);
  } finally {
    await handle?.close();
  }
}

/** The file's bytes from its start to `end` or its own end, each chunk in memory of its own. */
export async function* readChunks(handle: FileHandle, end: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let position = 0; position < end; ) {
    const length = Math.min(READ_BYTES, end - position);
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(length), 0, length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
