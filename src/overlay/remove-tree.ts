/**
 * Removes a tree whatever its names are: Node's own goes by names that are text, and so never meets those that are not. Sync
 * calls beat promises by far for many small files; where others want the event loop, it is theirs every few milliseconds.
 */
import { readdirSync, rmdirSync, unlinkSync } from 'node:fs';

/** Milliseconds without a look at the event loop. */
const LONGEST_TURN = 8;
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

/** Yields after each file. */
function* removal(path: Buffer): Generator<void> {
  const failure = attempt(() => unlinkSync(path));
  if (failure === undefined) return yield;
  if (failure.code === 'ENOENT') return;
  if (failure.code !== 'EISDIR') throw failure;
  for (const name of namesIn(path)) yield* removal(Buffer.concat([path, slash, name]));
  const left = attempt(() => rmdirSync(path));
  if (left !== undefined && left.code !== 'ENOENT') throw left;
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
