/** Blobs for tests: bytes that follow from a seed, from any offset on. Children import it too, hence no vitest here. */
import { createCipheriv, createHash } from 'node:crypto';
import type { Digest, DigestAlgorithm } from '../../src/oci/index.ts';

export interface TestBlob {
  readonly digest: Digest;
  readonly size: number;
  readonly bytes: Buffer;
  /** Serves the blob from an offset, in chunks, and notes each call in `offsets`. */
  readonly fetch: (offset: number) => AsyncIterable<Uint8Array>;
  readonly offsets: number[];
}

export function makeTestBlob(size: number, seed = 1, algorithm: DigestAlgorithm = 'sha256'): TestBlob {
  const key = Buffer.alloc(16, seed);
  const bytes = createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
  const digest = `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}` as Digest;
  const offsets: number[] = [];
  const fetch = (offset: number) => {
    offsets.push(offset);
    return chunks(bytes.subarray(offset));
  };
  return { digest, size, bytes, fetch, offsets };
}

export async function* chunks(bytes: Uint8Array, length = 10_000): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}
