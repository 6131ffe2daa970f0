/** Blobs that are in the store: whole, verified when they came, read without locks. */
import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { GockerError } from '../errors/index.ts';
import { type Descriptor, type Digest, digestAlgorithm, digestHex } from '../oci/index.ts';
import type { Layout } from './layout.ts';

/** What identifies a blob's bytes: the part of a descriptor that the store checks. */
export type Content = Pick<Descriptor, 'digest' | 'size'>;

/** Manifests, indexes and configs: what a registry may send as one, and more than any image has. */
export const MAX_DOCUMENT_BYTES = 4 * 1024 * 1024;

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
  const bytes = readStored(layout, digest, maxBytes);
  // Hashed here and not by ssri, since the bytes are all there; loaded here, since it takes 4 ms.
  const { createHash } = process.getBuiltinModule('node:crypto');
  const found = createHash(digestAlgorithm(digest)).update(bytes).digest('hex');
  if (found === digestHex(digest)) return bytes;
  throw corrupt(digest, `its bytes hash to "${digestAlgorithm(digest)}:${found}"`);
}

/**
 * The same as they are on the disk: they were verified when they came, and hashing anew is for those who look for rot.
 *
 * @throws GockerError `BLOB_NOT_FOUND`, `DOCUMENT_TOO_LARGE`
 */
export function readStored(layout: Layout, digest: Digest, maxBytes = MAX_DOCUMENT_BYTES): Buffer {
  const path = layout.blob(digest);
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
export function explain(digest: Digest, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EIO') return corrupt(digest, 'the disk gives an error (EIO)', error);
  if (code !== 'ENOENT') return error;
  return new GockerError('BLOB_NOT_FOUND', `cannot read blob "${digest}": it is not in the store`, { cause: error });
}

export function corrupt(digest: Digest, what: string, cause?: unknown): GockerError {
  return new GockerError('BLOB_CORRUPT', `cannot read blob "${digest}": ${what}`, {
    cause,
    hint: 'The disk lost what was written to it: "gocker verify --repair" fetches the blob again.',
  });
}
