/** A full disk, a real one: a tmpfs of 8 MiB in a mount namespace of a child, so that the host never sees it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bundle, bundle } from '../../support/bundle.ts';

const root = process.getuid?.() === 0;
if (!root) console.warn('skipped: mounting a small disk needs root');

let script: Bundle;
let mount: string;
beforeAll(async () => {
  script = await bundle(join(import.meta.dirname, 'disk-full-child.ts'));
  mount = mkdtempSync(join(tmpdir(), 'gocker-full-'));
});
afterAll(() => {
  script.remove();
  rmSync(mount, { recursive: true });
});

function onSmallDisk(verb: string): Record<string, unknown> {
  const command = 'mount -t tmpfs -o size=8m,mode=755 small "$1" && exec "$2" "$3" "$4" "$1"';
  const args = [
    '-m',
    '--propagation',
    'private',
    'sh',
    '-c',
    command,
    'sh',
    mount,
    process.execPath,
    script.path,
    verb,
  ];
  const { stdout, stderr, status } = spawnSync('unshare', args, { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout);
}

test.skipIf(!root)('a blob that cannot fit is refused before it is fetched, with need, room and mount', () => {
  expect(onSmallDisk('too-large')).toEqual({
    code: 'DISK_FULL',
    message: expect.stringMatching(/needs 9000000 bytes, has \d{7} free on ".*\/gocker-full-/),
    fetched: false,
    temporaries: [],
    usable: true,
  });
});

test.skipIf(!root)('a disk that fills up on the way is told of, and what came of the blob is deleted', () => {
  expect(onSmallDisk('fills-up')).toEqual({
    code: 'DISK_FULL',
    message: expect.stringContaining('the disk is full (needs 6000000 bytes, has '),
    fetched: true,
    temporaries: [],
    usable: true,
  });
});

test.skipIf(!root)('a name that finds no room is an error, and the names before it stay', () => {
  expect(onSmallDisk('name')).toMatchObject({
    code: 'DISK_FULL',
    names: ['localhost/a:1'],
    temporaries: [],
    usable: true,
  });
});
