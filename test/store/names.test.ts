import { expect, test } from 'vitest';
import type { StoredImage } from '../../src/store/index.ts';
import { addImage, findImage, removeDigest, removeName } from '../../src/store/names.ts';
import { makeBlob } from './content.ts';

const old = descriptor(1);
const young = descriptor(2);

function descriptor(seed: number): StoredImage['descriptor'] {
  return { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: makeBlob(9, seed).digest, size: 9 };
}

function build(...images: StoredImage[]): StoredImage[] {
  return images.reduce((sum: StoredImage[], image) => addImage(sum, image), []);
}

test('a name resolves to its image, and so does the digest by which it was pulled', () => {
  const images = build({ descriptor: old, name: 'a:1', repoDigest: 'a@sha256:1' });
  expect(findImage(images, 'a:1')?.descriptor).toBe(old);
  expect(findImage(images, 'a@sha256:1')?.descriptor).toBe(old);
  expect(findImage(images, 'a:2')).toBeUndefined();
});

test('a name that moves on leaves its old image dangling', () => {
  expect(build({ descriptor: old, name: 'a:1' }, { descriptor: young, name: 'a:1' })).toEqual([
    { descriptor: old },
    { descriptor: young, name: 'a:1' },
  ]);
});

test('an old image that has another name is not dangling', () => {
  const images = build(
    { descriptor: old, name: 'a:1' },
    { descriptor: old, name: 'b:1' },
    { descriptor: young, name: 'a:1' },
  );
  expect(images).toEqual([
    { descriptor: old, name: 'b:1' },
    { descriptor: young, name: 'a:1' },
  ]);
});

test('an old image keeps the digest by which it was pulled', () => {
  const pulled = { descriptor: old, name: 'a:1', repoDigest: 'a@1' };
  expect(build(pulled, { descriptor: young, name: 'a:1' })).toContainEqual({ descriptor: old, repoDigest: 'a@1' });
});

test('a dangling image that gets a name is dangling no more', () => {
  const images = build({ descriptor: old }, { descriptor: old, name: 'a:1' });
  expect(images).toEqual([{ descriptor: old, name: 'a:1' }]);
});

test('an image that was pulled by digest and then by name has one entry for both', () => {
  const images = build({ descriptor: old, repoDigest: 'a@1' }, { descriptor: old, name: 'a:1', repoDigest: 'a@1' });
  expect(images).toEqual([{ descriptor: old, name: 'a:1', repoDigest: 'a@1' }]);
});

test('adding what is there already changes nothing', () => {
  const images = build({ descriptor: old, name: 'a:1' }, { descriptor: young, name: 'b:1' }, { descriptor: old });
  expect(addImage(images, { descriptor: { ...old }, name: 'a:1' })).toEqual(images);
});

test('an image without a name is kept once', () => {
  expect(build({ descriptor: old }, { descriptor: old }, { descriptor: young })).toHaveLength(2);
});

test('removeName() takes the entry of that name away and no other', () => {
  const images = build(
    { descriptor: old, name: 'a:1', repoDigest: 'a@1' },
    { descriptor: old, name: 'b:1', repoDigest: 'b@1' },
  );
  expect(removeName(images, 'a:1')).toEqual([{ descriptor: old, name: 'b:1', repoDigest: 'b@1' }]);
  expect(removeName(images, 'a@1')).toHaveLength(2);
  expect(removeName(build({ descriptor: old, repoDigest: 'a@1' }), 'a@1')).toEqual([]);
});

test('removeDigest() takes an image away under all its names', () => {
  const images = build(
    { descriptor: old, name: 'a:1' },
    { descriptor: young, name: 'c:1' },
    { descriptor: old, name: 'b:1' },
  );
  expect(removeDigest(images, old.digest)).toEqual([{ descriptor: young, name: 'c:1' }]);
});
