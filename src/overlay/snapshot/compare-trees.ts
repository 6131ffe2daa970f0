/** Two trees of one layer, compared by everything that a layer can say of a file. */
import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { getXattr, listXattrs } from '../../syscall/index.ts';
import { type ByteString, byteString, byteStringOf, pathOf } from '../tar/byte-string.ts';
import { Turns } from '../unpack/turns.ts';

export interface Difference {
  /** From the root of the tree; "/" is the root itself. */
  readonly path: string;
  readonly what:
    | 'missing'
    | 'unexpected'
    | 'type'
    | 'mode'
    | 'owner'
    | 'size'
    | 'mtime'
    | 'device'
    | 'target'
    | 'links'
    | 'xattrs'
    | 'content';
}

// One pair for all files: between two yields nobody else compares.
const [left, right] = [Buffer.allocUnsafeSlow(1 << 18), Buffer.allocUnsafeSlow(1 << 18)];

/** What of `actual` is not as it is in `expected`. */
export async function* compareTrees(expected: string, actual: string): AsyncGenerator<Difference> {
  const turns = new Turns();
  for (const found of compare([byteStringOf(expected), byteStringOf(actual)], '' as ByteString)) {
    if (found !== undefined) yield found;
    await turns.next();
  }
}

type Roots = readonly [expected: ByteString, actual: ByteString];

/** Yields nothing, too: after each step of the work. */
function* compare(roots: Roots, path: ByteString): Generator<Difference | undefined> {
  const what = yield* difference(roots, path);
  yield what === undefined ? undefined : { path: shownPath(path === '' ? '/' : path), what };
  if (what === 'missing' || what === 'type' || !statsOf(roots[0], path)?.isDirectory()) return;
  const expected = names(roots[0], path);
  for (const name of expected) yield* compare(roots, `${path}/${name}` as ByteString);
  for (const name of names(roots[1], path)) {
    if (!expected.has(name)) yield { path: shownPath(`${path}/${name}`), what: 'unexpected' };
  }
}

function* difference(roots: Roots, path: ByteString): Generator<undefined, Difference['what'] | undefined> {
  const [a, b] = [statsOf(roots[0], path), statsOf(roots[1], path)];
  if (a === undefined || b === undefined) return 'missing';
  if ((a.mode & 0o170000n) !== (b.mode & 0o170000n)) return 'type';
  if (a.mode !== b.mode) return 'mode';
  if (a.uid !== b.uid || a.gid !== b.gid) return 'owner';
  if (a.rdev !== b.rdev) return 'device';
  // A whiteout is as old as the unpacking that made it: no tar dates it.
  if (a.isCharacterDevice() && a.rdev === 0n) return undefined;
  if (a.isFile() && a.size !== b.size) return 'size';
  if (a.mtimeNs !== b.mtimeNs) return 'mtime';
  if (!a.isDirectory() && a.nlink !== b.nlink) return 'links';
  if (a.isSymbolicLink() && !linkOf(roots[0], path).equals(linkOf(roots[1], path))) return 'target';
  if (xattrsOf(roots[0], path) !== xattrsOf(roots[1], path)) return 'xattrs';
  return a.isFile() && a.size > 0n && !(yield* isSameContent(roots, path)) ? 'content' : undefined;
}

function* isSameContent(roots: Roots, path: ByteString): Generator<undefined, boolean> {
  const files: number[] = [];
  try {
    for (const root of roots) files.push(openSync(pathOf((root + path) as ByteString), 'r'));
    const [a = -1, b = -1] = files;
    for (;;) {
      const length = readSync(a, left);
      if (length !== readSync(b, right) || left.compare(right, 0, length, 0, length) !== 0) return false;
      if (length === 0) return true;
      yield;
    }
  } finally {
    for (const file of files) closeSync(file);
  }
}

function shownPath(path: string): string {
  return Buffer.from(path, 'latin1').toString();
}

function statsOf(root: ByteString, path: ByteString) {
  return lstatSync(pathOf((root + path) as ByteString), { bigint: true, throwIfNoEntry: false });
}

function names(root: ByteString, path: ByteString): Set<ByteString> {
  return new Set(readdirSync(pathOf((root + path) as ByteString), { encoding: 'buffer' }).map(byteString));
}

function linkOf(root: ByteString, path: ByteString): Buffer {
  return readlinkSync(pathOf((root + path) as ByteString), 'buffer');
}

function xattrsOf(root: ByteString, path: ByteString): string {
  const file = pathOf((root + path) as ByteString);
  const pairs = listXattrs(file).map((name) => `${name}=${getXattr(file, name)?.toString('hex')}`);
  return pairs.sort().join(' ');
}
