/** The machine's devices: nodes may be made, as docker lets them, and those that reach the machine can't be opened. */
import { readdirSync, statSync } from 'node:fs';
import { expect } from 'vitest';
import type { AttackCall } from '../../support/attack/index.ts';
import { attackTest, attempt, image, scratch, sh } from './box.ts';

/** Major and minor numbers, as makedev(3) has them in a dev_t. */
function numbersOf(device: number): [major: number, minor: number] {
  const bits = BigInt(device);
  const major = ((bits >> 8n) & 0xfffn) | ((bits >> 32n) & ~0xfffn);
  return [Number(major), Number((bits & 0xffn) | ((bits >> 12n) & 0xfff00n))];
}

/** What mknod(2) takes: 32 bits. */
function encode(major: number, minor: number): number {
  return (minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12);
}

const [block, character] = [0o060000, 0o020000];
const cwd = -100;
const [diskMajor, diskMinor] = numbersOf(statSync('/').dev);

/** The host's disks, its memory, its kernel's log, its terminals, tun, fuse, and one at the end that is harmless. */
const nodes: readonly (readonly [type: number, major: number, minor: number])[] = [
  [block, diskMajor, diskMinor],
  [block, 7, 0],
  [block, 8, 0],
  [block, 253, 0],
  [block, 254, 0],
  [block, 259, 0],
  [character, 1, 1],
  [character, 1, 2],
  [character, 1, 4],
  [character, 1, 11],
  [character, 4, 0],
  [character, 4, 64],
  [character, 10, 200],
  [character, 10, 229],
  [character, 10, 237],
  [character, 1, 5],
];

/** To read, to write and both; without waiting, and without taking a terminal. */
const modes = [0, 1, 2].map((mode) => mode | 0o4000 | 0o400);

attackTest('a node of the host’s disk, memory or terminal can’t be opened, wherever it is made', async () => {
  const volume = await scratch('volume');
  const directories = ['/tmp', '/dev', '/dev/shm', '/volume', '/tmpfs'];
  const attacks: AttackCall[] = directories.flatMap((directory) =>
    nodes.flatMap(([type, major, minor], index) => {
      const path = `${directory}/${major}:${minor}`;
      return [
        { call: 'mknodat', args: [cwd, path, type | 0o666, encode(major, minor)] },
        ...modes.map((mode) => ({ call: 'openat', args: [cwd, path, mode, 0], result: `${index}` })),
        { call: 'unlinkat', args: [cwd, path, 0] },
      ];
    }),
  );
  const attempts = await attempt(attacks, { volumes: [`${volume}:/volume`], tmpfs: ['/tmpfs:dev'] });
  const opened = attacks.flatMap(({ args }, index) =>
    attacks[index]?.call === 'openat' && attempts[index]?.error === undefined ? [args[1]] : [],
  );
  // On a file system with nodev not even that one.
  expect(new Set(opened)).toEqual(new Set(['/tmp/1:5', '/dev/1:5', '/volume/1:5', '/tmpfs/1:5']));
  const refused = attempts.filter(({ call, error }) => call === 'openat' && error !== undefined);
  expect(new Set(refused.map(({ error }) => error))).toEqual(new Set(['EPERM', 'EACCES']));
  expect(readdirSync(volume)).toEqual([]);
});

attackTest('nor can a node that the image brings along', async () => {
  const hostile = await image([
    { name: 'disk', type: 'block-device', devmajor: diskMajor, devminor: diskMinor, mode: 0o666 },
    { name: 'memory', type: 'character-device', devmajor: 1, devminor: 1, mode: 0o666 },
    { name: 'zero', type: 'character-device', devmajor: 1, devminor: 5, mode: 0o666 },
  ]);
  const script = 'for node in disk memory zero; do head -c 1 /$node > /dev/null 2>&1 && echo $node; done; true';
  expect(await sh(script, { image: hostile })).toBe('zero');
});

attackTest('/dev has docker’s nodes and no other', async () => {
  expect(await sh('find /dev -type b -o -type c | sort | tr "\\n" " "')).toBe(
    '/dev/full /dev/null /dev/pts/ptmx /dev/random /dev/tty /dev/urandom /dev/zero',
  );
});
