import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/index.ts';
import { makeBlob, makeStore } from './content.ts';
import { putImage } from './image.ts';

const name = 'docker.io/library/alpine:latest';

function readJson(folder: string): { manifests: { annotations?: Record<string, string> }[] } {
  return JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'));
}

test('an image that was added is found by every store that is opened there', async () => {
  const { store, root, temporaries } = makeStore();
  const { manifest } = await putImage(store, [1]);
  await store.addImage({ descriptor: manifest, name, repoDigest: `docker.io/library/alpine@${manifest.digest}` });
  const other = openStore({ root });
  expect(other.resolveName(name)).toEqual(manifest);
  expect(other.resolveName(`docker.io/library/alpine@${manifest.digest}`)).toEqual(manifest);
  expect(other.list()).toEqual(store.list());
  expect(temporaries()).toEqual([]);
});

test('the name stands in the annotation that skopeo and umoci read', async () => {
  const { store } = makeStore();
  const { manifest } = await putImage(store, [1]);
  await store.addImage({ descriptor: { ...manifest, annotations: { mine: 'kept' } }, name });
  expect(readJson(store.folder).manifests[0]?.annotations).toEqual({
    mine: 'kept',
    'org.opencontainers.image.ref.name': name,
  });
  expect(store.resolveName(name)).toEqual({ ...manifest, annotations: { mine: 'kept' } });
});

test('addImage() refuses an image whose manifest the store lacks', async () => {
  const { store } = makeStore();
  const { digest, size } = makeBlob(10);
  const added = store.addImage({ descriptor: { mediaType: 'application/json', digest, size }, name });
  await expect(added).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
  expect(store.list()).toEqual([]);
});

test('removeName() and removeImage() say whether there was such an image', async () => {
  const { store } = makeStore();
  const { manifest } = await putImage(store, [1]);
  await store.addImage({ descriptor: manifest, name });
  expect(await store.removeName('docker.io/library/debian:latest')).toBe(false);
  expect(await store.removeName(name)).toBe(true);
  expect(await store.removeName(name)).toBe(false);
  await store.addImage({ descriptor: manifest });
  expect(await store.removeImage(manifest.digest)).toBe(true);
  expect(await store.removeImage(manifest.digest)).toBe(false);
  expect(store.list()).toEqual([]);
});

test('what other programs wrote into the index outlives our writes', async () => {
  const { store } = makeStore();
  const { manifest } = await putImage(store, [1]);
  const alien = [
    { mediaType: 'application/json', digest: makeBlob(1).digest, size: 1, 'x-theirs': { deep: [1] } },
    { mediaType: 'application/json', digest: 'blake3:abc', size: 1 },
  ];
  const index = { schemaVersion: 2, 'x-ours': 'no', manifests: alien };
  writeFileSync(join(store.folder, 'index.json'), JSON.stringify(index));
  expect(store.list()).toHaveLength(1);
  await store.addImage({ descriptor: manifest, name });
  const after = readJson(store.folder);
  expect(after).toMatchObject({ 'x-ours': 'no' });
  expect(after.manifests).toEqual(expect.arrayContaining(alien));
  expect(after.manifests).toHaveLength(3);
});

test('writers in one process do not lose each other’s names', async () => {
  const { store } = makeStore();
  const { manifest } = await putImage(store, [1]);
  const names = Array.from({ length: 20 }, (_, at) => `localhost/many:${at}`);
  await Promise.all(names.map((each) => store.addImage({ descriptor: manifest, name: each })));
  expect(
    store
      .list()
      .map((image) => image.name)
      .sort(),
  ).toEqual([...names].sort());
});

test('nothing is written where nothing changes', async () => {
  const { store } = makeStore();
  const { manifest } = await putImage(store, [1]);
  await store.addImage({ descriptor: manifest, name });
  writeFileSync(join(store.folder, 'index.json'), ` ${readFileSync(join(store.folder, 'index.json'), 'utf8')}`);
  await store.addImage({ descriptor: manifest, name });
  expect(readFileSync(join(store.folder, 'index.json'), 'utf8')[0]).toBe(' ');
});

test('what a killed writer left is gone after the next one, even if that changes nothing', async () => {
  const { store, temporaries, root } = makeStore();
  const { manifest } = await putImage(store, [1]);
  await store.addImage({ descriptor: manifest, name });
  writeFileSync(join(root, 'images', 'ingest', 'index.json'), '{"half');
  await store.addImage({ descriptor: manifest, name });
  expect(temporaries()).toEqual([]);
});

test.each([
  ['nothing', ''],
  ['half of one', '{"schemaVersion":2,"manifests":[{"mediaType":"a/b"'],
  ['no object', '[]'],
  ['another version', '{"schemaVersion":1,"manifests":[]}'],
  ['no list', '{"schemaVersion":2,"manifests":{}}'],
  ['a digest that leads elsewhere', entry({ digest: 'sha256:../../../../etc/passwd' })],
  ['a digest in capitals', entry({ digest: `sha256:${'A'.repeat(64)}` })],
  ['a negative size', entry({ size: -1 })],
  ['a size beyond 2^53', '{"schemaVersion":2,"manifests":[{"mediaType":"a/b","digest":"sha256:0","size":1e300}]}'],
  ['a name that is no text', entry({ annotations: { 'org.opencontainers.image.ref.name': 1 } })],
  ['a list 100,000 deep', `{"schemaVersion":2,"manifests":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
])('an index of %s is an error that names the file, and writers leave it alone', async (_, text) => {
  const { store } = makeStore();
  const { manifest } = await putImage(store, [1]);
  const path = join(store.folder, 'index.json');
  writeFileSync(path, text);
  const broken = { code: 'INDEX_INVALID', message: expect.stringContaining(`"${path}"`) };
  expect(() => store.list()).toThrow(expect.objectContaining(broken));
  await expect(store.addImage({ descriptor: manifest, name })).rejects.toMatchObject(broken);
  await expect(store.removeName(name)).rejects.toMatchObject(broken);
  await expect(store.collectGarbage()).rejects.toMatchObject(broken);
  expect(readFileSync(path, 'utf8')).toBe(text);
  expect(store.stat(manifest.digest)).toBe(manifest.size);
});

test('annotations named like members of every object are just texts', async () => {
  const { store } = makeStore();
  await putImage(store, [1]);
  const digest = makeBlob(1).digest;
  const text = `{"schemaVersion":2,"manifests":[{"mediaType":"a/b","digest":"${digest}","size":1,"annotations":{"__proto__":"x","constructor":"y"}}]}`;
  writeFileSync(join(store.folder, 'index.json'), text);
  expect(store.list()[0]?.name).toBeUndefined();
  expect(Object.getPrototypeOf({})).toBe(Object.prototype);
});

function entry(fields: object): string {
  const manifests = [{ mediaType: 'a/b', digest: makeBlob(1).digest, size: 1, ...fields }];
  return JSON.stringify({ schemaVersion: 2, manifests });
}
