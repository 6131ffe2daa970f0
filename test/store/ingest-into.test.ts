import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chunks, collect, makeBlob, makeStore, never, type TestBlob, type TestStore } from './content.ts';

/** Puts garbage where an earlier process kept the blob's beginning. */
async function spoil(target: TestStore, blob: TestBlob, bytes: number): Promise<void> {
  for await (const _ of target.store.ingest(blob, () => chunks(blob.bytes))) break;
  writeFileSync(join(target.root, 'images', 'ingest', blob.digest.replace(':', '-')), Buffer.alloc(bytes, 7));
}

test('ingestInto() resolves with what the consumer made of the bytes', async () => {
  const { store, temporaries } = makeStore();
  const blob = makeBlob(100_000);
  const bytes = await store.ingestInto(blob, { fetch: blob.fetch, consume: collect });
  expect(bytes.equals(blob.bytes)).toBe(true);
  expect(temporaries()).toEqual([]);
});

test('ingestInto() stores the whole blob where the consumer stops early', async () => {
  const { store } = makeStore();
  const blob = makeBlob(100_000);
  const consume = async (bytes: AsyncIterable<Uint8Array>) => {
    for await (const chunk of bytes) return chunk.length;
    return 0;
  };
  expect(await store.ingestInto(blob, { fetch: blob.fetch, consume })).toBe(10_000);
  expect(store.stat(blob.digest)).toBe(100_000);
});

test('ingestInto() begins once more from zero where kept bytes were garbage', async () => {
  const target = makeStore();
  const blob = makeBlob(100_000);
  await spoil(target, blob, 30_000);
  const bytes = await target.store.ingestInto(blob, { fetch: blob.fetch, consume: collect });
  expect(bytes.equals(blob.bytes)).toBe(true);
  expect(blob.offsets).toEqual([30_000, 0]);
  expect(target.temporaries()).toEqual([]);
});

test('ingestInto() does so too where the consumer is the first to choke on them', async () => {
  const target = makeStore();
  const blob = makeBlob(100_000);
  await spoil(target, blob, 30_000);
  const consume = async (stream: AsyncIterable<Uint8Array>) => {
    for await (const chunk of stream) if (chunk[0] === 7 && chunk[1] === 7) throw new Error('not gzip');
    return 'unpacked';
  };
  expect(await target.store.ingestInto(blob, { fetch: blob.fetch, consume })).toBe('unpacked');
  expect(blob.offsets).toEqual([30_000, 0]);
});

test('ingestInto() finds the wrong bytes behind whatever words the consumer has for them', async () => {
  const target = makeStore();
  const blob = makeBlob(100_000);
  await spoil(target, blob, 30_000);
  const consume = (stream: AsyncIterable<Uint8Array>) =>
    collect(stream).catch((cause: unknown) => {
      throw new Error('cannot unpack', { cause });
    });
  expect((await target.store.ingestInto(blob, { fetch: blob.fetch, consume })).equals(blob.bytes)).toBe(true);
});

test('ingestInto() fetches a stored blob again that is corrupt', async () => {
  const { store } = makeStore();
  const blob = makeBlob(100_000);
  await collect(store.ingest(blob, blob.fetch));
  for (const damage of [Buffer.alloc(100_000), blob.bytes.subarray(0, 99_999), Buffer.alloc(0)]) {
    writeFileSync(store.path(blob.digest), damage);
    const bytes = await store.ingestInto(blob, { fetch: blob.fetch, consume: collect });
    expect(bytes.equals(blob.bytes)).toBe(true);
    expect((await collect(store.open(blob.digest))).equals(blob.bytes)).toBe(true);
  }
});

test('ingestInto() does not try again where the consumer fails on sound bytes, kept ones included', async () => {
  const { store } = makeStore();
  const blob = makeBlob(100_000);
  let calls = 0;
  const consume = async (bytes: AsyncIterable<Uint8Array>) => {
    calls++;
    for await (const _ of bytes) throw new Error('not a tar');
  };
  // The first time all is fresh: what came is kept. The second time the rest is fetched, to know whom to blame.
  await expect(store.ingestInto(blob, { fetch: blob.fetch, consume })).rejects.toThrow('not a tar');
  await expect(store.ingestInto(blob, { fetch: blob.fetch, consume })).rejects.toThrow('not a tar');
  await expect(store.ingestInto(blob, { fetch: never, consume })).rejects.toThrow('not a tar');
  expect(calls).toBe(3);
  expect(blob.offsets).toEqual([0, 10_000]);
  expect(store.stat(blob.digest)).toBe(100_000);
});

test('ingestInto() does not try again where the registry itself serves wrong bytes', async () => {
  const { store, temporaries } = makeStore();
  const blob = makeBlob(100_000);
  const other = makeBlob(100_000, 2);
  const attempt = store.ingestInto(blob, { fetch: other.fetch, consume: collect });
  await expect(attempt).rejects.toMatchObject({ code: 'BLOB_DIGEST_MISMATCH' });
  expect(other.offsets).toEqual([0]);
  expect(temporaries()).toEqual([]);
});

test('ingestInto() tells of a wrong size instead of deleting a sound blob', async () => {
  const { store } = makeStore();
  const blob = makeBlob(100_000);
  await collect(store.ingest(blob, blob.fetch));
  const attempt = store.ingestInto({ ...blob, size: 5 }, { fetch: never, consume: collect });
  await expect(attempt).rejects.toMatchObject({ code: 'BLOB_SIZE_MISMATCH' });
  expect(store.stat(blob.digest)).toBe(100_000);
});
