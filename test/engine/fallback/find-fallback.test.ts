import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { findFallback, type LocalImage, makeHostToolsImage } from '../../../src/engine/fallback/index.ts';
import {
  formatReference,
  hostPlatform,
  pairLayers,
  parseImageConfig,
  parseManifest,
  parsePlatform,
  parseReference,
  sha256Digest,
} from '../../../src/oci/index.ts';
import { buildTar } from '../../support/images/index.ts';
import { makeElf } from './elf-maker.ts';
import { makeSysroot } from './sysroot.ts';

async function bytesOf(image: LocalImage, offset = 0): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of image.openLayer(offset)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The documents lead to the layer, as those of a registry would. */
async function expectSound(image: LocalImage): Promise<void> {
  const manifest = parseManifest(image.manifest.bytes);
  const config = parseImageConfig(image.config.bytes);
  expect(image.manifest.descriptor).toMatchObject({ digest: sha256Digest(image.manifest.bytes) });
  expect(manifest.config).toEqual(image.config.descriptor);
  expect(manifest.config).toMatchObject({ digest: sha256Digest(image.config.bytes), size: image.config.bytes.length });
  expect(manifest.layers).toEqual([image.layer]);
  expect(pairLayers(manifest, config)).toHaveLength(1);
  const layer = await bytesOf(image);
  expect(image.layer).toMatchObject({ size: layer.length, digest: sha256Digest(layer) });
}

const platform = hostPlatform();

test('a local Alpine tarball serves alpine, under the name that was asked for, as it is', async () => {
  const tar = await buildTar([
    { name: 'bin', type: 'directory' },
    { name: 'bin/sh', content: 'x' },
  ]);
  const tarball = gzipSync(tar);
  const path = join(makeSysroot({}), 'mine.tar.gz');
  writeFileSync(path, tarball);
  const image = await findFallback({
    reference: parseReference('alpine'),
    platform,
    env: { GOCKER_ALPINE_TARBALL: path },
  });
  if (image === undefined) throw new Error('no fallback');
  await expectSound(image);
  expect(formatReference(image.reference)).toBe('docker.io/library/alpine:latest');
  expect(await bytesOf(image)).toEqual(tarball);
  expect(await bytesOf(image, 10)).toEqual(tarball.subarray(10));
  const config = parseImageConfig(image.config.bytes);
  expect(config.rootfs.diff_ids).toEqual([`sha256:${createHash('sha256').update(tar).digest('hex')}`]);
  expect(config.config?.Cmd).toEqual(['/bin/sh']);
  expect(image.layer.mediaType).toMatch(/tar\+gzip$/);
  expect(image.warning).toContain(path);
});

test('a plain tar serves too', async () => {
  const path = join(makeSysroot({}), 'mine.tar');
  writeFileSync(path, await buildTar([{ name: 'a', content: 'x' }]));
  const image = await findFallback({
    reference: parseReference('alpine'),
    platform,
    env: { GOCKER_ALPINE_TARBALL: path },
  });
  if (image === undefined) throw new Error('no fallback');
  await expectSound(image);
  expect(image.layer.mediaType).toMatch(/v1\.tar$/);
});

test.each([
  ['cut off', (gzip: Buffer) => gzip.subarray(0, gzip.length - 9)],
  ['damaged', (gzip: Buffer) => Buffer.concat([gzip.subarray(0, 12), Buffer.alloc(40, 0xff)])],
])('a tarball that is %s is refused by name', async (_, damage) => {
  const path = join(makeSysroot({}), 'mine.tar.gz');
  writeFileSync(path, damage(gzipSync(Buffer.alloc(1 << 16, 'some text'))));
  const request = { reference: parseReference('alpine'), platform, env: { GOCKER_ALPINE_TARBALL: path } };
  await expect(findFallback(request)).rejects.toMatchObject({
    code: 'ALPINE_TARBALL_INVALID',
    message: expect.stringContaining(path),
    cause: expect.any(Error),
  });
});

test('other images, other platforms and digests get nothing', async () => {
  const find = (image: string, on = platform) =>
    findFallback({ reference: parseReference(image), platform: on, env: {} });
  expect(await find('debian')).toBeUndefined();
  expect(await find('localhost/other')).toBeUndefined();
  expect(await find(`alpine@sha256:${'0'.repeat(64)}`)).toBeUndefined();
  const elsewhere = parsePlatform(platform.architecture === 's390x' ? 'linux/amd64' : 'linux/s390x');
  expect(await find('alpine:none', elsewhere)).toBeUndefined();
});

test('alpine without a tarball is this machine’s own programs, under a name of their own and with a warning', async () => {
  // A tag that no tarball in fixtures/ can have.
  const image = await findFallback({ reference: parseReference('alpine:none'), platform, env: {} });
  if (image === undefined) throw new Error('no fallback');
  await expectSound(image);
  expect(formatReference(image.reference)).toBe('localhost/host-tools:latest');
  expect(image.warning).toMatch(/not Alpine/);
});

const sh = makeElf({ interpreter: '/lib64/ld-linux-x86-64.so.2', needed: ['libc.so.6'] });
const smallMachine = {
  '/bin': '-> usr/bin',
  '/lib64': '-> usr/lib64',
  '/usr/lib64/ld-linux-x86-64.so.2': makeElf(),
  '/etc/ld.so.conf': '/opt/lib\n',
  '/opt/lib/libc.so.6': makeElf(),
  '/usr/bin/dash': sh,
  '/usr/bin/sh': '-> dash',
  '/etc/passwd': 'secret:x:0:0::/:\n',
};

test('the same machine gives the same image, and another one another', async () => {
  const digestOf = async (files: Readonly<Record<string, string | Uint8Array>>) =>
    (await makeHostToolsImage({ root: makeSysroot(files) })).manifest.descriptor.digest;
  expect(await digestOf(smallMachine)).toBe(await digestOf(smallMachine));
  expect(await digestOf(smallMachine)).not.toBe(await digestOf({ ...smallMachine, '/usr/bin/ls': sh }));
});

test('host tools tell the loader of directories that only this machine’s configuration knows', async () => {
  const image = await makeHostToolsImage({ root: makeSysroot(smallMachine) });
  expect(parseImageConfig(image.config.bytes).config?.Env).toContain('LD_LIBRARY_PATH=/opt/lib');
  expect((await bytesOf(image)).includes('secret:x:0')).toBe(false);
});

test('programs in unusual places are found by the PATH, and found again', async () => {
  const root = makeSysroot({ ...smallMachine, '/profile/bin/ls': sh, '/profile/bin/sh': sh });
  const image = await makeHostToolsImage({ root, path: 'relative:/nowhere:/profile/bin' });
  const path = parseImageConfig(image.config.bytes).config?.Env?.[0];
  expect(path).toMatch(/^PATH=\/usr\/local\/sbin:.*:\/profile\/bin$/);
  const layer = await bytesOf(image);
  expect(layer.includes('profile/bin/ls')).toBe(true);
  expect(layer.includes('profile/bin/sh')).toBe(false);
});

test('a broken program is left out; a machine without a usable shell is refused with a cure', async () => {
  const broken = { ...smallMachine, '/usr/bin/ls': Buffer.from('\x7fELF\x02\x01 damaged', 'latin1') };
  expect((await bytesOf(await makeHostToolsImage({ root: makeSysroot(broken) }))).includes('usr/bin/ls')).toBe(false);
  const shell = { ...smallMachine, '/usr/bin/dash': makeElf({ interpreter: '/lib64/ld-none.so' }) };
  expect(() => makeHostToolsImage({ root: makeSysroot(shell) })).toThrow(
    expect.objectContaining({ code: 'HOST_TOOLS_UNAVAILABLE', hint: expect.stringContaining('GOCKER_ALPINE_TARBALL') }),
  );
  expect(existsSync('/nowhere')).toBe(false);
});
