/** Blobs for tests: bytes that follow from a seed, from any offset on, and a temporary store to put them in. */
import { createCipheriv, createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Digest, DigestAlgorithm } from '../../src/oci/index.ts';
import { openStore, type Store } from '../../src/store/index.ts';

export interface TestBlob {
  readonly digest: Digest;
  readonly size: number;
  readonly bytes: Buffer;
  /** Serves the blob from an offset, in chunks, and notes each call in `offsets`. */
  readonly fetch: (offset: number) => AsyncIterable<Uint8Array>;
  readonly offsets: number[];
}

export function makeBlob(size: number, seed = 1, algorithm: DigestAlgorithm = 'sha256'): TestBlob {
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

/** What a broken connection gives: some bytes, then an error. */
export async function* thenFails(bytes: Uint8Array, error: Error): AsyncGenerator<Uint8Array, void, undefined> {
  yield* chunks(bytes);
  throw error;
}

export async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of stream) parts.push(chunk);
  return Buffer.concat(parts);
}

export function never(): never {
  throw new Error('fetched, though everything was here');
}

export interface TestStore {
  readonly root: string;
  readonly store: Store;
  /** What is in `ingest/`: nothing, once all is done. */
  temporaries(): string[];
}

/** In a folder of its own, removed when the test ends. */
export function makeStore(): TestStore {
  const root = mkdtempSync(join(tmpdir(), 'gocker-store-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return { root, store: openStore({ root }), temporaries: () => readdirSync(join(root, 'images', 'ingest')) };
}
