/** Removes a file, or a directory with all that is in it. Node's own loads 3 ms of code for what is five files mostly. */
import { readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Follows no link. Nothing happens where there is no such path, or where another removes it at the same time. */
export function removeTree(path: string): void {
  const failure = attempt(() => unlinkSync(path));
  if (failure === undefined || failure.code === 'ENOENT') return;
  if (failure.code !== 'EISDIR') throw failure;
  const vanished = attempt(() => {
    for (const entry of readdirSync(path)) removeTree(join(path, entry));
    rmdirSync(path);
  });
  if (vanished !== undefined && vanished.code !== 'ENOENT') throw vanished;
}

function attempt(step: () => void): NodeJS.ErrnoException | undefined {
  try {
    step();
    return undefined;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}
