import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { chunks, collect, makeBlob, makeStore, never, type TestBlob, type TestStore, thenFails } from './content.ts';

function partialPath({ root }: TestStore, blob: TestBlob): string {
  return join(root, 'images', 'ingest', blob.digest.replace(':', '-'));
}

/** Leaves the first bytes of the blob behind, as an interrupted process does. */
async function interrupt(target: TestStore, blob: TestBlob, bytes: number): Promise<void> {
  const broken = target.store.ingest(blob, () => thenFails(blob.bytes.subarray(0, bytes), new Error('reset')));
  await expect(collect(broken)).rejects.toThrow('reset');
}

test('ingest() yields all bytes once and in order, and the blob is in the store when it ends', async () => {
  const target = makeStore();
  const blob = makeBlob(3_000_000);
  const stream = target.store.ingest(blob, blob.fetch);
  let bytes = 0;
  for await (const chunk of stream) {
    expect(blob.bytes.subarray(bytes, bytes + chunk.length).equals(chunk)).toBe(true);
    bytes += chunk.length;
    expect(target.store.stat(blob.digest)).toBeUndefined();
  }
  expect(bytes).toBe(blob.size);
  expect(target.store.stat(blob.digest)).toBe(blob.size);
  expect(readFileSync(target.store.path(blob.digest)).equals(blob.bytes)).toBe(true);
  expect(target.temporaries()).toEqual([]);
  expect(blob.offsets).toEqual([0]);
});

test('ingest() gives the chunks of the fetch themselves, not copies', async () => {
  const { store } = makeStore();
  const blob = makeBlob(50_000);
  const given: Uint8Array[] = [];
  const source = async function* () {
    for await (const chunk of chunks(blob.bytes)) {
      given.push(chunk);
      yield chunk;
    }
  };
  const got: Uint8Array[] = [];
  for await (const chunk of store.ingest(blob, source)) got.push(chunk);
  expect(got.every((chunk, at) => chunk === given[at])).toBe(true);
});

test('ingest() passes back-pressure on: it takes no chunk that nobody asked for', async () => {
  const { store } = makeStore();
  const blob = makeBlob(100_000);
  let pulled = 0;
  const stream = store.ingest(blob, async function* () {
    for await (const chunk of chunks(blob.bytes)) {
      pulled++;
      yield chunk;
    }
  });
  await stream.next();
  await stream.next();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(pulled).toBe(2);
  await stream.return();
});

test.each([
  ['a blob of no bytes', 0, 'sha256'],
  ['a blob of one byte', 1, 'sha256'],
  ['a sha512 blob', 20_001, 'sha512'],
] as const)('ingest() takes %s', async (_, size, algorithm) => {
  const { store, temporaries } = makeStore();
  const blob = makeBlob(size, 3, algorithm);
  expect((await collect(store.ingest(blob, blob.fetch))).equals(blob.bytes)).toBe(true);
  expect(store.stat(blob.digest)).toBe(size);
  expect(temporaries()).toEqual([]);
});

test('ingest() takes many tiny chunks', async () => {
  const { store } = makeStore();
  const blob = makeBlob(5_000);
  expect((await collect(store.ingest(blob, () => chunks(blob.bytes, 1)))).equals(blob.bytes)).toBe(true);
});

test('ingest() of a blob that is there yields it from the store and fetches nothing', async () => {
  const { store } = makeStore();
  const blob = makeBlob(1_500_000);
  await collect(store.ingest(blob, blob.fetch));
  const seen: string[] = [];
  const again = await collect(store.ingest(blob, never, { onBytes: (_, origin) => seen.push(origin) }));
  expect(again.equals(blob.bytes)).toBe(true);
  expect(new Set(seen)).toEqual(new Set(['kept']));
});

test('ingest() goes on where an interrupted one stopped', async () => {
  const target = makeStore();
  const blob = makeBlob(2_000_000);
  await interrupt(target, blob, 1_234_567);
  let kept = 0;
  let fetched = 0;
  const onBytes = (bytes: number, origin: 'kept' | 'fetched') => {
    if (origin === 'kept') kept += bytes;
    else fetched += bytes;
  };
  expect((await collect(target.store.ingest(blob, blob.fetch, { onBytes }))).equals(blob.bytes)).toBe(true);
  expect(blob.offsets).toEqual([1_234_567]);
  expect({ kept, fetched }).toEqual({ kept: 1_234_567, fetched: 2_000_000 - 1_234_567 });
  expect(target.temporaries()).toEqual([]);
});

test('ingest() fetches nothing where only the last rename was missing', async () => {
  const target = makeStore();
  const blob = makeBlob(70_000);
  await interrupt(target, blob, 70_000);
  expect((await collect(target.store.ingest(blob, never))).equals(blob.bytes)).toBe(true);
  expect(target.temporaries()).toEqual([]);
});

test('ingest() refuses bytes of another digest, names both digests, and keeps nothing', async () => {
  const { store, temporaries } = makeStore();
  const blob = makeBlob(100_000);
  const other = makeBlob(100_000, 2);
  const stream = store.ingest(blob, other.fetch);
  await expect(collect(stream)).rejects.toMatchObject({
    code: 'BLOB_DIGEST_MISMATCH',
    message: expect.stringContaining(`hash to "${other.digest}" (expected "${blob.digest}")`),
  });
  expect(store.stat(blob.digest)).toBeUndefined();
  expect(temporaries()).toEqual([]);
});

test('ingest() refuses one byte too many, even in a chunk of its own, and keeps nothing', async () => {
  const { store, temporaries } = makeStore();
  const blob = makeBlob(100_000);
  const source = async function* () {
    yield* chunks(blob.bytes);
    yield Buffer.alloc(1);
  };
  await expect(collect(store.ingest(blob, source))).rejects.toMatchObject({ code: 'BLOB_TOO_LONG' });
  expect(temporaries()).toEqual([]);
});

test('ingest() never yields a byte beyond the size that the descriptor names', async () => {
  const { store, temporaries } = makeStore();
  const blob = makeBlob(100_000);
  let bytes = 0;
  const read = async () => {
    for await (const chunk of store.ingest({ ...blob, size: 99_999 }, blob.fetch)) bytes += chunk.length;
  };
  await expect(read()).rejects.toMatchObject({ code: 'BLOB_TOO_LONG' });
  expect(bytes).toBeLessThanOrEqual(99_999);
  expect(temporaries()).toEqual([]);
});

test('ingest() refuses a blob shorter than its descriptor says, though its digest is right', async () => {
  const { store } = makeStore();
  const blob = makeBlob(100_000);
  const stream = store.ingest({ ...blob, size: 100_001 }, blob.fetch);
  await expect(collect(stream)).rejects.toMatchObject({ code: 'BLOB_TOO_SHORT' });
  expect(store.stat(blob.digest)).toBeUndefined();
});

test('ingest() keeps what came when the source ends too early', async () => {
  const target = makeStore();
  const blob = makeBlob(100_000);
  const short = target.store.ingest(blob, () => chunks(blob.bytes.subarray(0, 60_000)));
  await expect(collect(short)).rejects.toMatchObject({ code: 'BLOB_TOO_SHORT' });
  expect(statSync(partialPath(target, blob)).size).toBe(60_000);
  expect(target.store.stat(blob.digest)).toBeUndefined();
});

test('ingest() passes an error of the fetch on as it is, and leaves no empty file', async () => {
  const { store, temporaries } = makeStore();
  const blob = makeBlob(100_000);
  const error = new Error('401');
  await expect(collect(store.ingest(blob, () => Promise.reject(error)))).rejects.toBe(error);
  expect(temporaries()).toEqual([]);
});

test('a consumer that stops early keeps what came, ends the fetch, and gives the lock back', async () => {
  const target = makeStore();
  const blob = makeBlob(100_000);
  let ended = false;
  const source = async function* () {
    try {
      yield* chunks(blob.bytes);
    } finally {
      ended = true;
    }
  };
  for await (const _ of target.store.ingest(blob, source)) break;
  expect(ended).toBe(true);
  expect(statSync(partialPath(target, blob)).size).toBe(10_000);
  expect((await collect(target.store.ingest(blob, blob.fetch))).equals(blob.bytes)).toBe(true);
  expect(blob.offsets).toEqual([10_000]);
});

test('ingest() fails with the reason of its signal and keeps what came', async () => {
  const target = makeStore();
  const blob = makeBlob(100_000);
  const abort = new AbortController();
  const stream = target.store.ingest(blob, blob.fetch, { signal: abort.signal });
  await stream.next();
  await stream.next();
  abort.abort(new Error('Ctrl-C'));
  await expect(collect(stream)).rejects.toThrow('Ctrl-C');
  expect(statSync(partialPath(target, blob)).size).toBe(20_000);
});

test('ingest() gives up waiting for another when its signal aborts', async () => {
  const { store } = makeStore();
  const blob = makeBlob(100_000);
  const first = store.ingest(blob, blob.fetch);
  await first.next();
  const abort = new AbortController();
  const onWaiting = vi.fn(() => abort.abort(new Error('Ctrl-C')));
  const second = store.ingest(blob, never, { signal: abort.signal, onWaiting });
  await expect(collect(second)).rejects.toThrow('Ctrl-C');
  expect(onWaiting).toHaveBeenCalledTimes(1);
  expect((await collect(first)).length).toBe(90_000);
});

test('ingests of one blob fetch it once; those who wait read what the first one left', async () => {
  const { store, temporaries } = makeStore();
  const blob = makeBlob(1_000_000);
  const streams = Array.from({ length: 8 }, () => collect(store.ingest(blob, blob.fetch)));
  for (const bytes of await Promise.all(streams)) expect(bytes.equals(blob.bytes)).toBe(true);
  expect(blob.offsets).toEqual([0]);
  expect(temporaries()).toEqual([]);
});

test('one who waits goes on where the first one failed', async () => {
  const { store } = makeStore();
  const blob = makeBlob(100_000);
  const first = store.ingest(blob, () => thenFails(blob.bytes.subarray(0, 50_000), new Error('reset')));
  await first.next();
  const second = collect(store.ingest(blob, blob.fetch));
  await expect(collect(first)).rejects.toThrow('reset');
  expect((await second).equals(blob.bytes)).toBe(true);
  expect(blob.offsets).toEqual([50_000]);
});

test('garbage in what was kept fails once, and the next ingest begins from zero', async () => {
  const target = makeStore();
  const blob = makeBlob(100_000);
  await interrupt(target, blob, 40_000);
  writeFileSync(partialPath(target, blob), Buffer.alloc(50_000, 7));
  const spoilt = target.store.ingest(blob, blob.fetch);
  await expect(collect(spoilt)).rejects.toMatchObject({ code: 'BLOB_DIGEST_MISMATCH' });
  expect((await collect(target.store.ingest(blob, blob.fetch))).equals(blob.bytes)).toBe(true);
  expect(blob.offsets).toEqual([50_000, 0]);
});

test('more bytes kept than the blob has are thrown away at once', async () => {
  const target = makeStore();
  const blob = makeBlob(100_000);
  await interrupt(target, blob, 40_000);
  writeFileSync(partialPath(target, blob), Buffer.alloc(100_001, 7));
  expect((await collect(target.store.ingest(blob, blob.fetch))).equals(blob.bytes)).toBe(true);
  expect(blob.offsets).toEqual([0]);
});

test('ingest() of a stored blob tells when it is corrupt, and when it has another size', async () => {
  const { store } = makeStore();
  const blob = makeBlob(100_000);
  await collect(store.ingest(blob, blob.fetch));
  const wrongSize = collect(store.ingest({ ...blob, size: 99_999 }, never));
  await expect(wrongSize).rejects.toMatchObject({ code: 'BLOB_SIZE_MISMATCH' });
  writeFileSync(store.path(blob.digest), Buffer.alloc(100_000));
  await expect(collect(store.ingest(blob, never))).rejects.toMatchObject({ code: 'BLOB_CORRUPT' });
});

test('what would not fit on the disk is refused before the first byte is fetched', async () => {
  const { store, temporaries } = makeStore();
  const blob = { ...makeBlob(10), size: Number.MAX_SAFE_INTEGER };
  await expect(collect(store.ingest(blob, never))).rejects.toMatchObject({
    code: 'DISK_FULL',
    message: expect.stringMatching(/needs 9007199254740991 bytes, has \d+ free on "\//),
  });
  expect(temporaries()).toEqual([]);
});
