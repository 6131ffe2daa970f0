/**
 * Locks on folders: flock(2) on the folder itself. There is no lock file, hence none to leave behind, none to unlink while
 * somebody waits on it, and nothing that outlives its holder.
 */
import { closeSync, constants, openSync } from 'node:fs';
import { tryLock } from '../syscall/index.ts';
import { poll } from './poll.ts';

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Holds the folder's lock while `act` runs. Waits by polling: flock(2) itself would stop the event loop, and with it the
 * holder, where that is this very process.
 *
 * @throws the signal's reason once it aborts
 */
export async function withDirectoryLock<T>(
  path: string,
  mode: 'shared' | 'exclusive',
  act: () => T | Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await poll(() => tryLock(fd, mode) || undefined, { first: 1, last: 32, signal: options.signal });
    return await act();
  } finally {
    closeSync(fd);
  }
}
