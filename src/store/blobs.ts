/** Blobs that are in the store: whole, verified when they came, read without locks. */

import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { GockerError } from '../errors/index.ts';
import { type Descriptor, type Digest, digestAlgorithm, digestHex } from '../oci/index.ts';
import { startDigestCheck } from './digest-check.ts';
import type { Layout } from './layout.ts';

/** What identifies a blob's bytes: the part of a descriptor that the store checks. */
export type Content = Pick<Descriptor, 'digest' | 'size'>;

/** Manifests, indexes and configs: what a registry may send as one, and more than any image has. */
export const MAX_DOCUMENT_BYTES = 4 * 1024 * 1024;

const READ_BYTES = 512 * 1024;

/** Bytes of the blob; undefined where the store does not have it. */
export function statBlob(layout: Layout, digest: Digest): number | undefined {
  const stats = statSync(layout.blob(digest), { throwIfNoEntry: false });
  return stats?.isFile() === true ? stats.size : undefined;
}

/**
 * The bytes of a small blob, verified.
 *
 * @throws GockerError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `DOCUMENT_TOO_LARGE`
 */
export function readDocument(layout: Layout, digest: Digest, maxBytes = MAX_DOCUMENT_BYTES): Buffer {
  const bytes = readAtMost(layout.blob(digest), digest, maxBytes);
  // Hashed here and not by ssri: this is on the way of every run, and the bytes are all there.
  const found = createHash(digestAlgorithm(digest)).update(bytes).digest('hex');
  if (found === digestHex(digest)) return bytes;
  throw corrupt(digest, `its bytes hash to "${digestAlgorithm(digest)}:${found}"`);
}

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

function readAtMost(path: string, digest: Digest, maxBytes: number): Buffer {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    const { size } = fstatSync(fd);
    if (size <= maxBytes) return readFileSync(fd);
    throw new GockerError(
      'DOCUMENT_TOO_LARGE',
      `cannot read blob "${digest}": it has ${size} bytes (expected ${maxBytes} at most)`,
    );
  } catch (error) {
    throw explain(digest, error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** What the system says when it has no bytes for us, in words of ours where we have some. */
function explain(digest: Digest, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EIO') return corrupt(digest, 'the disk gives an error (EIO)', error);
  if (code !== 'ENOENT') return error;
  return new GockerError('BLOB_NOT_FOUND', `cannot read blob "${digest}": it is not in the store`, { cause: error });
}

function corrupt(digest: Digest, what: string, cause?: unknown): GockerError {
  return new GockerError('BLOB_CORRUPT', `cannot read blob "${digest}": ${what}`, {
    cause,
    hint: 'The disk lost what was written to it: "gocker verify --repair" fetches the blob again.',
  });
}
