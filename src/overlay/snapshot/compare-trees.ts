/** Two trees of one layer, compared by everything that a layer can say of a file. */
import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { getXattr, listXattrs } from '../../syscall/index.ts';
import { type ByteString, byteString, byteStringOf, pathOf } from '../tar/byte-string.ts';

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

const CHUNK = 1 << 20;

/** What of `actual` is not as it is in `expected`. */
export async function* compareTrees(expected: string, actual: string): AsyncGenerator<Difference> {
  yield* compare([byteStringOf(expected), byteStringOf(actual)], '' as ByteString);
}

type Roots = readonly [expected: ByteString, actual: ByteString];

async function* compare(roots: Roots, path: ByteString): AsyncGenerator<Difference> {
  const what = await difference(roots, path);
  if (what !== undefined) yield { path: Buffer.from(path || '/', 'latin1').toString(), what };
  if (what === 'missing' || what === 'type' || !statsOf(roots[0], path)?.isDirectory()) return;
  const expected = names(roots[0], path);
  for (const name of expected) yield* compare(roots, `${path}/${name}` as ByteString);
  for (const name of names(roots[1], path)) {
    if (!expected.has(name)) yield { path: Buffer.from(`${path}/${name}`, 'latin1').toString(), what: 'unexpected' };
  }
}

async function difference(roots: Roots, path: ByteString): Promise<Difference['what'] | undefined> {
  const [a, b] = [statsOf(roots[0], path), statsOf(roots[1], path)];
  if (a === undefined || b === undefined) return 'missing';
  if ((a.mode & 0o170000n) !== (b.mode & 0o170000n)) return 'type';
  if (a.mode !== b.mode) return 'mode';
  if (a.uid !== b.uid || a.gid !== b.gid) return 'owner';
  if (a.rdev !== b.rdev) return 'device';
  if (a.isFile() && a.size !== b.size) return 'size';
  if (a.mtimeNs !== b.mtimeNs) return 'mtime';
  if (!a.isDirectory() && a.nlink !== b.nlink) return 'links';
  if (a.isSymbolicLink() && !linkOf(roots[0], path).equals(linkOf(roots[1], path))) return 'target';
  if (xattrsOf(roots[0], path) !== xattrsOf(roots[1], path)) return 'xattrs';
  return a.isFile() && !(await sameContent(roots, path)) ? 'content' : undefined;
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

async function sameContent(roots: Roots, path: ByteString): Promise<boolean> {
  const [a, b] = await Promise.all(roots.map((root) => open(pathOf((root + path) as ByteString), 'r')));
  try {
    const [left, right] = [Buffer.allocUnsafe(CHUNK), Buffer.allocUnsafe(CHUNK)];
    for (;;) {
      const [one, two] = [await a?.read(left, 0, CHUNK), await b?.read(right, 0, CHUNK)];
      const length = one?.bytesRead ?? 0;
      if (length !== two?.bytesRead) return false;
      if (left.compare(right, 0, length, 0, length) !== 0) return false;
      if (length === 0) return true;
    }
  } finally {
    await Promise.all([a?.close(), b?.close()]);
  }
}
