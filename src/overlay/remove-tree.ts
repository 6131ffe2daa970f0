/**
 * Removes a tree whatever its names are: Node's own goes by names that are text, and so never meets those that are not. Sync
 * calls beat promises by far for many small files; where others want the event loop, it is theirs every few milliseconds.
 */
import { readdirSync, renameSync, rmdirSync, unlinkSync } from 'node:fs';

/** Milliseconds without a look at the event loop. */
const LONGEST_TURN = 8;
/** Bytes of a path below the top: with one more name, and the top itself, well within PATH_MAX (4096). */
const DEEPEST = 2048;
const slash = Buffer.from('/');

/** Follows no link. Nothing happens where there is no such path, or where another removes it at the same time. */
export function removeTreeSync(path: string): void {
  for (const _ of removal(Buffer.from(path)));
}

/** The same in turns: for trees of thousands of files. */
export async function removeTree(path: string): Promise<void> {
  let turn = performance.now();
  for (const _ of removal(Buffer.from(path))) {
    if (performance.now() - turn < LONGEST_TURN) continue;
    await new Promise((resolve) => setImmediate(resolve));
    turn = performance.now();
  }
}

/**
 * Yields after each file. A tree may be deeper than a path is long, path_resolution(7), made step by step from within: what is
 * so deep is moved up to the top, whose turn comes again until nothing is left.
 */
function* removal(path: Buffer, top = path): Generator<void> {
  const failure = attempt(() => unlinkSync(path));
  if (failure === undefined) return yield;
  if (failure.code === 'ENOENT') return;
  if (failure.code !== 'EISDIR') throw failure;
  if (path.length > top.length + DEEPEST) return moveUp(path, top);
  for (let names = namesIn(path); names.length > 0; names = path === top ? namesIn(path) : []) {
    for (const name of names) yield* removal(Buffer.concat([path, slash, name]), top);
  }
  const left = attempt(() => rmdirSync(path));
  if (left !== undefined && left.code !== 'ENOENT') throw left;
}

function moveUp(path: Buffer, top: Buffer): void {
  for (let number = 0; ; number++) {
    const failure = attempt(() => renameSync(path, Buffer.concat([top, Buffer.from(`/${number}`)])));
    // Gone: another removes the tree, too.
    if (failure === undefined || failure.code === 'ENOENT') return;
    // Something of that name is there already.
    if (failure.code !== 'ENOTEMPTY' && failure.code !== 'EEXIST' && failure.code !== 'ENOTDIR') throw failure;
  }
}

function namesIn(path: Buffer): readonly Buffer[] {
  let names: readonly Buffer[] = [];
  const failure = attempt(() => {
    names = readdirSync(path, 'buffer');
  });
  if (failure !== undefined && failure.code !== 'ENOENT') throw failure;
  return names;
}

function attempt(step: () => void): NodeJS.ErrnoException | undefined {
  try {
    step();
    return undefined;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}
