/**
 * Program: mounts the stack in argv[2] (see stackFolder()) of argv[3] layers and does with it what a container might, at random by
 * the seed argv[4]; to be run in a mount namespace of its own. What fails fails, as in a container.
 */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { makeNode, setTimes, setXattr } from '../../../src/syscall/index.ts';
import { randomNumbers } from './random-layer.ts';

const [, , folder = '', count = '', seed = ''] = process.argv;
process.chdir(folder);
const lowerdirs = Array.from({ length: Number(count) }, (_, at) => at).join(':');
const options = `lowerdir=${lowerdirs},upperdir=upper,workdir=work,index=off`;
execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', options, 'merged']);
process.chdir('merged');

const random = randomNumbers(Number(seed));
const names = ['a', 'b', 'c', 'naïve', '\xff\xfe', 'n'.repeat(120)];

function anyPath(): Buffer {
  const path = Array.from({ length: 1 + random(3) }, () => names[random(random(4) === 0 ? names.length : 3)]).join('/');
  return Buffer.from(path, path.includes('\xff') ? 'latin1' : 'utf8');
}

const acts: readonly ((path: Buffer) => void)[] = [
  (path) => mkdirSync(path),
  (path) => mkdirSync(path),
  (path) => writeFileSync(path, `written ${random(100)}`),
  (path) => writeFileSync(path, Buffer.alloc(random(70_000), 'x')),
  (path) => appendFileSync(path, 'more'),
  (path) => truncateSync(path, 2),
  (path) => rmSync(path.toString('latin1'), { recursive: true }),
  (path) => rmSync(path.toString('latin1'), { recursive: true }),
  (path) => renameSync(path, anyPath()),
  (path) => symlinkSync(Buffer.from('../a/\xff', 'latin1'), path),
  (path) => linkSync(path, anyPath()),
  (path) => makeLinked(path),
  (path) => makeLinked(path),
  (path) => makeNode(path, 'fifo'),
  (path) => makeNode(path, 'character-device', { major: 1, minor: 3 }),
  (path) => makeNode(path, 'block-device', { major: 259, minor: 200_000 }),
  (path) => chmodSync(path, random(0o10000)),
  (path) => chownSync(path, random(3) * 1_000_000, random(3)),
  (path) => setXattr(path, 'user.note', Buffer.from([0, 61, 10, random(256)])),
  (path) => setXattr(path, 'user.a=b', Buffer.from('x')),
  (path) => setXattr(path, 'trusted.own', Buffer.from('root')),
  (path) => setXattr(path, 'security.capability', capability),
  (path) => setTimes(path, { seconds: random(4_000_000_000) - 1_000_000_000, nanoseconds: random(1e9) }),
  (path) => replaceDirectory(path),
];

const capability = Buffer.from('0100000200200000000000000000000000000000', 'hex');

/** What OverlayFS makes an opaque directory of. */
function replaceDirectory(path: Buffer): void {
  readdirSync(path);
  rmSync(path.toString('latin1'), { recursive: true });
  mkdirSync(path);
}

function makeLinked(path: Buffer): void {
  writeFileSync(path, 'of two names');
  linkSync(path, Buffer.concat([path, Buffer.from('-too')]));
}

for (let step = 0; step < 40; step++) {
  try {
    acts[random(acts.length)]?.(anyPath());
  } catch {
    // There was nothing of that name, or something else.
  }
}
