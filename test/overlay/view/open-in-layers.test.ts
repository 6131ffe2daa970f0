import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GockerError } from '../../../src/errors/index.ts';
import { openInLayers, resolveInLayers } from '../../../src/overlay/index.ts';
import { makeNode, setXattr } from '../../../src/syscall/index.ts';

let folder: string;
let layers: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gocker-view-'));
  // Top first.
  layers = ['top', 'middle', 'bottom'].map((name) => join(folder, name));
  for (const layer of layers) mkdirSync(layer);
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(at: number, path: string, content: string): void {
  const file = join(layers[at] ?? '', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

function link(at: number, path: string, target: string): void {
  const file = join(layers[at] ?? '', path);
  mkdirSync(dirname(file), { recursive: true });
  symlinkSync(target, file);
}

const read = (path: string) => openInLayers(layers, path, 1000)?.toString();

test('openInLayers() reads the topmost file of a name', () => {
  put(2, 'etc/passwd', 'bottom');
  expect(read('/etc/passwd')).toBe('bottom');
  put(1, 'etc/passwd', 'middle');
  expect(read('etc/passwd')).toBe('middle');
  expect(read('//etc/./passwd')).toBe('middle');
});

test('openInLayers() gives undefined for what is not there, is no file, or has a file on its way', () => {
  put(2, 'etc/passwd', 'x');
  expect([read('/etc/group'), read('/etc'), read('/'), read('/etc/passwd/x'), read('/no/such')]).toEqual(
    Array(5).fill(undefined),
  );
  expect(openInLayers([], '/etc/passwd', 10)).toBe(undefined);
});

test('openInLayers() follows symbolic links within the image alone', () => {
  put(2, 'real/etc/passwd', 'inside');
  link(1, 'etc', '/real/etc');
  expect(read('/etc/passwd')).toBe('inside');
  link(0, 'up', '../../../../../../real/etc/passwd');
  expect(read('/up')).toBe('inside');
  link(0, 'a/b/deep', '../../real/../real/etc');
  expect(read('/a/b/deep/passwd')).toBe('inside');
  // A host path that surely exists and is not in the image.
  link(0, 'host', import.meta.filename);
  expect(read('/host')).toBe(undefined);
});

test('openInLayers() lets a file or link on the way hide the directories below', () => {
  put(2, 'd/f', 'bottom');
  put(1, 'd', 'a file');
  expect(read('/d/f')).toBe(undefined);
  mkdirSync(join(layers[0] ?? '', 'd'));
  expect(read('/d/f')).toBe(undefined);
});

test('openInLayers() refuses links that go in circles, and files that are too large', () => {
  link(0, 'a', 'b');
  link(0, 'b', 'a');
  expect(() => read('/a')).toThrow(GockerError);
  put(0, 'big', '');
  truncateSync(join(layers[0] ?? '', 'big'), 2 ** 30);
  expect(() => read('/big')).toThrow(/1073741824 bytes \(expected at most 1000\)/);
});

test('openInLayers() does not wait for a FIFO', () => {
  execFileSync('mkfifo', [join(layers[0] ?? '', 'passwd')]);
  expect(read('/passwd')).toBe(undefined);
});

test('resolveInLayers() tells the type, and where it stands', () => {
  put(2, 'bin/sh', '');
  linkSync(join(layers[2] ?? '', 'bin/sh'), join(layers[2] ?? '', 'bin/ash'));
  const found = resolveInLayers(layers, '/bin/ash');
  expect(found?.location).toBe(join(layers[2] ?? '', 'bin/ash'));
  expect(found?.stats.nlink).toBe(2);
  expect(resolveInLayers(layers, '/')?.stats.isDirectory()).toBe(true);
});

describe.skipIf(process.getuid?.() !== 0)('with whiteouts (needs root)', () => {
  test('openInLayers() sees nothing below a whiteout', () => {
    put(2, 'etc/passwd', 'x');
    put(2, 'd/f', 'x');
    mkdirSync(join(layers[1] ?? '', 'etc'));
    makeNode(join(layers[1] ?? '', 'etc/passwd'), 'character-device');
    makeNode(join(layers[1] ?? '', 'd'), 'character-device');
    expect([read('/etc/passwd'), read('/d/f')]).toEqual([undefined, undefined]);
    put(0, 'etc/passwd', 'again');
    expect(read('/etc/passwd')).toBe('again');
  });

  test('openInLayers() sees nothing below an opaque directory, at any depth', () => {
    put(2, 'a/b/f', 'x');
    put(2, 'a/g', 'x');
    put(1, 'a/b/mine', 'y');
    setXattr(join(layers[1] ?? '', 'a'), 'trusted.overlay.opaque', Buffer.from('y'));
    expect([read('/a/b/f'), read('/a/g'), read('/a/b/mine')]).toEqual([undefined, undefined, 'y']);
  });
});
