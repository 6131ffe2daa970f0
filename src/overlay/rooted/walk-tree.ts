/**
 * A tree that others change meanwhile, file by file, each held by its descriptor: what is reported is what is read, and nothing
 * that is swapped in between leads out of the tree or makes anybody wait.
 */
import { type BigIntStats, closeSync, constants, openSync, readdirSync, readSync } from 'node:fs';
import { type ByteString, byteString } from '../tar/byte-string.ts';
import { at, type HeldFile, hold, itself } from './at.ts';

export interface TreeNode {
  /** Components from where the walk began; none for that itself. */
  readonly path: readonly ByteString[];
  readonly stats: BigIntStats;
  /** O_PATH, and open until the walk goes on. */
  readonly fd: number;
  /** For calls that take a path and follow no link. Undefined for the root of a mount that is no directory. */
  readonly location: string | Buffer | undefined;
}

export interface WalkOptions {
  /** What stands over a place, the walker's to close. */
  readonly mountAt?: (path: readonly ByteString[]) => HeldFile | undefined;
  /** Neither this nor what is below it. */
  readonly leaveOut?: (node: TreeNode) => boolean;
}

/** Where a walk begins: a file, and the directory that has it where there is one. */
export interface WalkStart {
  readonly file: HeldFile;
  readonly location: string | Buffer | undefined;
}

/** Directories before what they hold, which comes in the order of the names' bytes. The start stays the caller's. */
export function* walkTree(start: WalkStart, options: WalkOptions = {}): Generator<TreeNode> {
  yield* walk({ path: [], ...start.file, location: start.location }, options);
}

function* walk(node: TreeNode, options: WalkOptions): Generator<TreeNode> {
  if (options.leaveOut?.(node) === true) return;
  yield node;
  if (!node.stats.isDirectory()) return;
  for (const name of namesIn(node.fd)) {
    const path = [...node.path, name];
    const mounted = options.mountAt?.(path);
    // What was there a moment ago may be gone.
    const file = mounted ?? hold(node.fd, name);
    if (file === undefined) continue;
    try {
      yield* walk(
        { path, ...file, location: locationOf(file, mounted === undefined ? at(node.fd, name) : undefined) },
        options,
      );
    } finally {
      closeSync(file.fd);
    }
  }
}

/** A directory by its own descriptor, all else by its name. */
export function locationOf({ fd, stats }: HeldFile, byName: string | Buffer | undefined): string | Buffer | undefined {
  return stats.isDirectory() ? at(fd) : byName;
}

export function namesIn(directory: number): ByteString[] {
  return readdirSync(itself(directory), { encoding: 'buffer' }).map(byteString).sort();
}

const CHUNK = 1 << 18;

/** The bytes of a regular file, as many as it had when it was looked at: it may grow meanwhile. Each chunk has memory of its own. */
export function* readFile({ fd, stats }: HeldFile): Generator<Buffer> {
  const file = openSync(itself(fd), constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    for (let left = Number(stats.size); left > 0; ) {
      const chunk = Buffer.allocUnsafeSlow(Math.min(left, CHUNK));
      const length = readSync(file, chunk);
      if (length === 0) return;
      left -= length;
      yield chunk.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}
