import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type AlpineRequest, findAlpineTarball } from '../../../src/engine/fallback/index.ts';
import { parsePlatform, parseReference } from '../../../src/oci/index.ts';
import { makeSysroot } from './sysroot.ts';

const names = ['3.9.6-x86_64', '3.19.4-x86_64', '3.20.3-x86_64', '3.21.0-aarch64', '3.18.2-armhf'];

function find(image: string, options: Partial<AlpineRequest> & { platform?: AlpineRequest['platform'] } = {}) {
  const files = Object.fromEntries(names.map((name) => [`/alpine-minirootfs-${name}.tar.gz`, 'x']));
  const directory = makeSysroot({ ...files, '/README.md': 'x', '/alpine-minirootfs-3.99.0-x86_64.tar.gz.part': 'x' });
  return findAlpineTarball({
    reference: parseReference(image),
    platform: parsePlatform('linux/amd64'),
    env: {},
    directory,
    ...options,
  })?.version;
}

test.each([
  ['alpine', '3.20.3'],
  ['alpine:latest', '3.20.3'],
  ['docker.io/library/alpine', '3.20.3'],
  ['alpine:3', '3.20.3'],
  ['alpine:3.19', '3.19.4'],
  ['alpine:3.19.4', '3.19.4'],
  ['alpine:3.9', '3.9.6'],
])('%s is served by version %s', (image, version) => {
  expect(find(image)).toBe(version);
});

test.each([
  'alpine:3.1',
  'alpine:3.2',
  'alpine:3.20.30',
  'alpine:3.20.3.1',
  'alpine:edge',
  'alpine:3.21',
  `alpine@sha256:${'0'.repeat(64)}`,
  'alpine/git',
  'quay.io/library/alpine',
  'debian',
])('%s is served by none', (image) => {
  expect(find(image)).toBeUndefined();
});

test.each([
  ['linux/arm64', '3.21.0'],
  ['linux/arm/v6', '3.18.2'],
  ['linux/arm/v7', undefined],
  ['linux/s390x', undefined],
  ['windows/amd64', undefined],
])('a request for %s gets %s', (platform, version) => {
  expect(find('alpine', { platform: parsePlatform(platform) })).toBe(version);
});

test('GOCKER_ALPINE_TARBALL goes before the fixtures, even an older one', () => {
  const root = makeSysroot({ '/alpine-minirootfs-3.1.0-x86_64.tar.gz': 'x', '/mine.tgz': 'x' });
  const env = { GOCKER_ALPINE_TARBALL: join(root, 'alpine-minirootfs-3.1.0-x86_64.tar.gz') };
  expect(find('alpine', { env })).toBe('3.1.0');
  expect(find('alpine:3.20', { env })).toBeUndefined();
  expect(find('alpine', { env, platform: parsePlatform('linux/arm64') })).toBeUndefined();
});

test('a tarball of no telling name serves latest alone', () => {
  const root = makeSysroot({ '/mine.tgz': 'x' });
  const request = { platform: parsePlatform('linux/amd64'), env: { GOCKER_ALPINE_TARBALL: join(root, 'mine.tgz') } };
  expect(findAlpineTarball({ ...request, reference: parseReference('alpine') })).toEqual({
    path: join(root, 'mine.tgz'),
    version: undefined,
  });
  expect(findAlpineTarball({ ...request, reference: parseReference('alpine:3') })).toBeUndefined();
});

test('GOCKER_ALPINE_TARBALL that names no file is an error that says so, not a silent change of image', () => {
  for (const path of ['/nowhere/alpine.tar.gz', '/']) {
    expect(() => find('alpine', { env: { GOCKER_ALPINE_TARBALL: path } })).toThrow(
      expect.objectContaining({ code: 'ALPINE_TARBALL_INVALID', hint: expect.stringContaining('unset') }),
    );
  }
  expect(find('alpine', { env: { GOCKER_ALPINE_TARBALL: '' } })).toBe('3.20.3');
});
