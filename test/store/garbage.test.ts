import { existsSync, readdirSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Digest } from '../../src/oci/index.ts';
import type { Store } from '../../src/store/index.ts';
import { chunks, collect, makeBlob, makeStore } from './content.ts';
import { putImage, putIndex } from './image.ts';

const name = 'docker.io/library/alpine:latest';

function there(store: Store, digests: readonly Digest[]): boolean[] {
  return digests.map((digest) => store.stat(digest) !== undefined);
}

test('collectGarbage() keeps what a name reaches and removes the rest', async () => {
  const { store, temporaries } = makeStore();
  const kept = await putImage(store, [1, 2]);
  const lost = await putImage(store, [2, 3]);
  await store.addImage({ descriptor: kept.manifest, name });
  const { blobs, unreadable } = await store.collectGarbage();
  expect(blobs.map((blob) => blob.digest).sort()).toEqual(
    [lost.manifest.digest, lost.config.digest, makeBlob(20_000, 3).digest].sort(),
  );
  expect(unreadable).toEqual([]);
  expect(there(store, kept.digests)).not.toContain(false);
  expect(temporaries()).toEqual([]);
});

test('collectGarbage() follows an index to the images that are there, and misses no others', async () => {
  const { store } = makeStore();
  const here = await putImage(store, [1]);
  const elsewhere = { ...here.manifest, digest: makeBlob(5, 9).digest };
  const descriptor = await putIndex(store, [elsewhere, here.manifest]);
  await store.addImage({ descriptor, name });
  expect(await store.collectGarbage()).toEqual({ blobs: [], partials: [], unreadable: [] });
});

test('an index that names itself or one blob a thousand times is walked once', async () => {
  const { store } = makeStore();
  const { manifest } = await putImage(store, [1]);
  const descriptor = await putIndex(store, Array(1000).fill(manifest));
  const outer = await putIndex(store, Array(1000).fill(descriptor));
  await store.addImage({ descriptor: outer, name });
  expect((await store.collectGarbage()).blobs).toEqual([]);
});

test('dangling images are kept, and go when they are removed', async () => {
  const { store } = makeStore();
  const old = await putImage(store, [1]);
  const young = await putImage(store, [2]);
  await store.addImage({ descriptor: old.manifest, name });
  await store.addImage({ descriptor: young.manifest, name });
  expect((await store.collectGarbage()).blobs).toEqual([]);
  await store.removeImage(old.manifest.digest);
  expect((await store.collectGarbage()).blobs).toHaveLength(3);
  expect(there(store, young.digests)).toEqual([true, true, true]);
});

test('collectGarbage() keeps the images that it is told to', async () => {
  const { store } = makeStore();
  const { manifest } = await putImage(store, [1]);
  expect((await store.collectGarbage({ keep: [manifest.digest] })).blobs).toEqual([]);
});

test('a lease keeps blobs, and what a leased manifest points at, until it is released', async () => {
  const { store, temporaries } = makeStore();
  const image = await putImage(store, [1]);
  const other = makeBlob(10, 7);
  await collect(store.ingest(other, other.fetch));
  const lease = await store.lease();
  await lease.add(image.manifest.digest);
  await lease.add(other.digest, makeBlob(1, 8).digest);
  expect((await store.collectGarbage()).blobs).toEqual([]);
  await lease.release();
  await lease.release();
  expect((await store.collectGarbage()).blobs).toHaveLength(4);
  expect(temporaries()).toEqual([]);
});

test('a lease that was released takes no more digests', async () => {
  const { store } = makeStore();
  const lease = await store.lease();
  await lease.release();
  await expect(lease.add(makeBlob(1).digest)).rejects.toThrow('released');
});

test('a dead lease holds nothing and is removed', async () => {
  const { store, root, temporaries } = makeStore();
  const { manifest } = await putImage(store, [1]);
  writeFileSync(join(root, 'images', 'ingest', 'lease-1-dead'), `${manifest.digest}\n`);
  expect((await store.collectGarbage()).blobs).toHaveLength(3);
  expect(temporaries()).toEqual([]);
});

test('a new lease takes the dead ones away', async () => {
  const { store, root, temporaries } = makeStore();
  await putImage(store, [1]);
  writeFileSync(join(root, 'images', 'ingest', 'lease-1-dead'), '');
  const lease = await store.lease();
  expect(temporaries()).toHaveLength(1);
  await lease.release();
  expect(temporaries()).toEqual([]);
});

test('a lease begun while garbage is collected waits for its end', async () => {
  const { store } = makeStore();
  await putImage(store, [1, 2, 3]);
  const order: string[] = [];
  const collecting = store.collectGarbage().then(() => order.push('collected'));
  const leasing = store.lease().then((lease) => {
    order.push('leased');
    return lease.release();
  });
  await Promise.all([collecting, leasing]);
  expect(order).toHaveLength(2);
  expect(readdirSync(join(store.folder, 'blobs', 'sha256'))).toEqual([]);
});

test('what an interrupted ingest kept stays for a day, or until it is asked for', async () => {
  const { store, root, temporaries } = makeStore();
  const blob = makeBlob(100_000);
  const partial = join(root, 'images', 'ingest', blob.digest.replace(':', '-'));
  const interrupt = async () => {
    for await (const _ of store.ingest(blob, () => chunks(blob.bytes))) break;
  };
  await interrupt();
  expect((await store.collectGarbage()).partials).toEqual([]);
  expect((await store.collectGarbage({ partials: true })).partials).toEqual([{ digest: blob.digest, size: 10_000 }]);
  await interrupt();
  const yesterday = new Date(Date.now() - 25 * 3600 * 1000);
  utimesSync(partial, yesterday, yesterday);
  expect((await store.collectGarbage()).partials).toHaveLength(1);
  expect(temporaries()).toEqual([]);
});

test('collectGarbage() leaves a partial alone that somebody is filling', async () => {
  const { store } = makeStore();
  const blob = makeBlob(100_000);
  const stream = store.ingest(blob, blob.fetch);
  await stream.next();
  expect((await store.collectGarbage({ partials: true })).partials).toEqual([]);
  expect((await collect(stream)).length).toBe(90_000);
  expect(store.stat(blob.digest)).toBe(100_000);
});

test('releasing a lease removes partials of blobs that are whole by now', async () => {
  const { store, root, temporaries } = makeStore();
  const { config } = await putImage(store, [1]);
  writeFileSync(join(root, 'images', 'ingest', config.digest.replace(':', '-')), '');
  await (await store.lease()).release();
  expect(temporaries()).toEqual([]);
});

test.each([
  ['corrupt', (store: Store, digest: Digest) => writeFileSync(store.path(digest), '{"layers":[]}')],
  ['missing', (store: Store, digest: Digest) => unlinkSync(store.path(digest))],
])('where a named manifest is %s, no blob is removed, and the manifest is named', async (_, damage) => {
  const { store } = makeStore();
  const image = await putImage(store, [1]);
  const lost = await putImage(store, [2]);
  await store.addImage({ descriptor: image.manifest, name });
  damage(store, image.manifest.digest);
  const { blobs, unreadable } = await store.collectGarbage();
  expect({ blobs, unreadable }).toEqual({ blobs: [], unreadable: [image.manifest.digest] });
  await store.removeName(name);
  await store.collectGarbage();
  expect(there(store, [...image.digests, ...lost.digests])).not.toContain(true);
});

test('an odd document in the index keeps what it points at and blocks nothing', async () => {
  const { store } = makeStore();
  const { config, layers } = await putImage(store, [1]);
  const odd = Buffer.from(JSON.stringify({ schemaVersion: 2, config, layers, manifests: [null, 3, {}], fsLayers: 1 }));
  const descriptor = await store.put(odd, 'application/vnd.oci.image.manifest.v1+json');
  await store.addImage({ descriptor, name });
  const { blobs, unreadable } = await store.collectGarbage();
  expect(unreadable).toEqual([]);
  expect(blobs).toHaveLength(1);
  expect(there(store, [descriptor.digest, config.digest])).toEqual([true, true]);
});

test('files in blobs/ that are no blobs are left alone', async () => {
  const { store } = makeStore();
  await putImage(store, [1]);
  const path = join(store.folder, 'blobs', 'sha256', 'README');
  writeFileSync(path, 'mine');
  await store.collectGarbage();
  expect(existsSync(path)).toBe(true);
});
