import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/index.ts';
import { collect, makeBlob, makeStore } from './content.ts';

test('openStore() touches nothing, and a store that is not there yet is an empty one', async () => {
  const { store, root } = makeStore();
  expect(store.list()).toEqual([]);
  expect(store.resolveName('docker.io/library/alpine:latest')).toBeUndefined();
  expect(store.stat(makeBlob(1).digest)).toBeUndefined();
  for await (const finding of store.verify()) expect.unreachable(JSON.stringify(finding));
  expect(existsSync(join(root, 'images'))).toBe(false);
});

test('the first writer makes an image layout that only its owner may look into', async () => {
  const { store, root } = makeStore();
  await store.put(Buffer.from('{}'), 'application/json');
  expect(JSON.parse(readFileSync(join(store.folder, 'oci-layout'), 'utf8'))).toEqual({ imageLayoutVersion: '1.0.0' });
  expect(JSON.parse(readFileSync(join(store.folder, 'index.json'), 'utf8'))).toEqual({
    schemaVersion: 2,
    manifests: [],
  });
  expect(statSync(join(root, 'images')).mode & 0o777).toBe(0o700);
});

test('a writer refuses a layout of another version', async () => {
  const { store } = makeStore();
  await store.put(Buffer.from('{}'), 'application/json');
  writeFileSync(join(store.folder, 'oci-layout'), '{"imageLayoutVersion":"2.0.0"}');
  const later = openStore({ root: join(store.folder, '..') });
  await expect(later.put(Buffer.from('[]'), 'application/json')).rejects.toMatchObject({ code: 'LAYOUT_UNSUPPORTED' });
});

test('put() gives the descriptor of what it keeps, also the second time', async () => {
  const { store, temporaries } = makeStore();
  const bytes = Buffer.from('{"a":1}');
  const descriptor = await store.put(bytes, 'application/json');
  expect(descriptor).toMatchObject({ mediaType: 'application/json', size: 7 });
  expect(await store.put(bytes, 'application/json')).toEqual(descriptor);
  expect(store.readDocument(descriptor.digest).equals(bytes)).toBe(true);
  expect(temporaries()).toEqual([]);
});

test('put() keeps an empty document', async () => {
  const { store } = makeStore();
  const { digest } = await store.put(Buffer.alloc(0), 'application/json');
  expect(store.readDocument(digest).length).toBe(0);
});

test('readDocument() refuses what is missing, too large or corrupt', async () => {
  const { store } = makeStore();
  const { digest } = await store.put(Buffer.from('{"a":1}'), 'application/json');
  expect(() => store.readDocument(makeBlob(1).digest)).toThrow(expect.objectContaining({ code: 'BLOB_NOT_FOUND' }));
  expect(() => store.readDocument(digest, 6)).toThrow(expect.objectContaining({ code: 'DOCUMENT_TOO_LARGE' }));
  writeFileSync(store.path(digest), '{"a":2}');
  expect(() => store.readDocument(digest)).toThrow(expect.objectContaining({ code: 'BLOB_CORRUPT' }));
});

test('readDocument() knows sha512', async () => {
  const { store } = makeStore();
  const blob = makeBlob(300, 4, 'sha512');
  await collect(store.ingest(blob, blob.fetch));
  expect(store.readDocument(blob.digest).equals(blob.bytes)).toBe(true);
});

test('open() gives the bytes and fails at the end where they are wrong', async () => {
  const { store } = makeStore();
  const blob = makeBlob(1_200_000);
  await expect(collect(store.open(blob.digest))).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
  await collect(store.ingest(blob, blob.fetch));
  expect((await collect(store.open(blob.digest))).equals(blob.bytes)).toBe(true);
  writeFileSync(store.path(blob.digest), blob.bytes.subarray(1));
  await expect(collect(store.open(blob.digest))).rejects.toMatchObject({ code: 'BLOB_CORRUPT' });
});

test('discardCorrupt() removes a corrupt blob and never a sound one', async () => {
  const { store, temporaries } = makeStore();
  const blob = makeBlob(10_000);
  await collect(store.ingest(blob, blob.fetch));
  expect(await store.discardCorrupt(blob.digest)).toBe(false);
  expect(store.stat(blob.digest)).toBe(10_000);
  writeFileSync(store.path(blob.digest), 'x');
  expect(await store.discardCorrupt(blob.digest)).toBe(true);
  expect(store.stat(blob.digest)).toBeUndefined();
  expect(await store.discardCorrupt(blob.digest)).toBe(false);
  expect(temporaries()).toEqual([]);
});

test('a store that cannot be made or read is an error that names the folder and the cure', async () => {
  const { root } = makeStore();
  writeFileSync(join(root, 'file'), '');
  const store = openStore({ root: join(root, 'file') });
  const denied = { code: 'STORE_DENIED', message: expect.stringContaining(`"${join(root, 'file')}"`) };
  await expect(store.put(Buffer.from('{}'), 'application/json')).rejects.toMatchObject(denied);
  expect(() => store.list()).toThrow(expect.objectContaining(denied));
});
