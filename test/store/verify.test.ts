import { mkdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Finding, Store } from '../../src/store/index.ts';
import { collect, makeStore } from './content.ts';
import { putImage, putIndex } from './image.ts';

const name = 'docker.io/library/alpine:latest';

async function findings(store: Store): Promise<Finding[]> {
  const found: Finding[] = [];
  for await (const finding of store.verify()) found.push(finding);
  return found;
}

async function bad(store: Store): Promise<Finding[]> {
  return (await findings(store)).filter((finding) => finding.kind !== 'ok');
}

test('verify() finds each blob of a sound store ok, with the images that need it, and counts its bytes', async () => {
  const { store } = makeStore();
  const image = await putImage(store, [1, 2]);
  const idle = await putImage(store, [3]);
  await store.addImage({ descriptor: image.manifest, name });
  let bytes = 0;
  const found: Finding[] = [];
  for await (const finding of store.verify({ onBytes: (count) => (bytes += count) })) found.push(finding);
  expect(found).toHaveLength(7);
  expect(new Set(found.map((finding) => finding.kind))).toEqual(new Set(['ok']));
  expect(found.find((finding) => 'digest' in finding && finding.digest === image.layers[0]?.digest)).toMatchObject({
    size: 20_000,
    pointer: image.layers[0],
    images: [{ name }],
  });
  expect(found.find((finding) => 'digest' in finding && finding.digest === idle.config.digest)).toMatchObject({
    images: [],
  });
  expect(bytes).toBeGreaterThan(60_000);
});

test('verify() finds a blob with one wrong bit corrupt, and what is needed to fetch it again', async () => {
  const { store } = makeStore();
  const image = await putImage(store, [1]);
  await store.addImage({ descriptor: image.manifest, name });
  const layer = image.layers[0];
  if (layer === undefined) throw new Error('an image of one layer');
  const bytes = await collect(store.open(layer.digest));
  bytes[12_345] = (bytes[12_345] ?? 0) ^ 1;
  writeFileSync(store.path(layer.digest), bytes);
  expect(await bad(store)).toMatchObject([
    { kind: 'corrupt', digest: layer.digest, pointer: layer, images: [{ name }], error: { code: 'BLOB_CORRUPT' } },
  ]);
});

test('verify() finds what is missing of an image, and of an index only what should be there', async () => {
  const { store } = makeStore();
  const image = await putImage(store, [1, 2]);
  const foreign = { ...image.manifest, digest: `sha256:${'0'.repeat(64)}` as never };
  const descriptor = await putIndex(store, [image.manifest, foreign]);
  await store.addImage({ descriptor, name });
  unlinkSync(store.path(image.config.digest));
  unlinkSync(store.path(image.layers[1]?.digest as never));
  const found = await bad(store);
  expect(found).toHaveLength(2);
  expect(found).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ kind: 'missing', digest: image.config.digest }),
      expect.objectContaining({ kind: 'missing', digest: image.layers[1]?.digest }),
    ]),
  );
});

test('verify() finds a manifest missing that a name points at', async () => {
  const { store } = makeStore();
  const image = await putImage(store, [1]);
  await store.addImage({ descriptor: image.manifest, name });
  unlinkSync(store.path(image.manifest.digest));
  expect(await bad(store)).toMatchObject([{ kind: 'missing', digest: image.manifest.digest, images: [{ name }] }]);
});

test('verify() finds a size that is not what its descriptor says', async () => {
  const { store } = makeStore();
  const { manifest } = await putImage(store, [1]);
  await store.addImage({ descriptor: { ...manifest, size: manifest.size + 1 }, name });
  expect(await bad(store)).toMatchObject([{ kind: 'wrong-size', digest: manifest.digest, size: manifest.size }]);
});

test('verify() finds files that are no blobs', async () => {
  const { store } = makeStore();
  await putImage(store, [1]);
  const blobs = join(store.folder, 'blobs');
  writeFileSync(join(blobs, 'stray'), '');
  writeFileSync(join(blobs, 'sha256', 'abc'), '');
  mkdirSync(join(blobs, 'sha256', 'f'.repeat(64)));
  expect(await bad(store)).toEqual([
    { kind: 'unknown-file', path: join(blobs, 'sha256', 'abc') },
    { kind: 'unknown-file', path: join(blobs, 'sha256', 'f'.repeat(64)) },
    { kind: 'unknown-file', path: join(blobs, 'stray') },
  ]);
});

test('verify() tells of a broken index and hashes the blobs all the same', async () => {
  const { store } = makeStore();
  await putImage(store, [1]);
  const path = join(store.folder, 'index.json');
  writeFileSync(path, '{');
  const found = await findings(store);
  expect(found[0]).toMatchObject({ kind: 'broken-index', path, error: { code: 'INDEX_INVALID' } });
  expect(found.slice(1).map((finding) => finding.kind)).toEqual(['ok', 'ok', 'ok']);
});

test('verify() stops when its signal aborts', async () => {
  const { store } = makeStore();
  await putImage(store, [1]);
  const abort = new AbortController();
  const read = async () => {
    for await (const _ of store.verify({ signal: abort.signal })) abort.abort(new Error('Ctrl-C'));
  };
  await expect(read()).rejects.toThrow('Ctrl-C');
});

test('an image that is removed while verify() runs misses nothing', async () => {
  const { store } = makeStore();
  const image = await putImage(store, [1, 2]);
  await store.addImage({ descriptor: image.manifest, name });
  const found: Finding[] = [];
  for await (const finding of store.verify()) {
    if (found.push(finding) === 1) await store.removeName(name).then(() => store.collectGarbage());
  }
  expect(found.filter((finding) => finding.kind !== 'ok')).toEqual([]);
});
