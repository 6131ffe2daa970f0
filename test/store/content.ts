/** Blobs and temporary stores for tests. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openStore, type Store } from '../../src/store/index.ts';
import { chunks } from './blob.ts';

export { chunks, makeTestBlob as makeBlob, type TestBlob } from './blob.ts';

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
