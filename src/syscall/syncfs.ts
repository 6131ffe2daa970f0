/** syncfs(2): all of one filesystem to its disk. May take seconds, so it runs beside the event loop. */
import { closeSync, openSync } from 'node:fs';
import { errnoNumber } from './errno.ts';
import { koffi } from './koffi.ts';
import { SyscallError } from './syscall-error.ts';

type Declared = ReturnType<ReturnType<ReturnType<typeof koffi>['load']>['func']>;

let declared: Declared | undefined;

/**
 * Everything written so far to the filesystem that holds this directory is on its disk when the promise resolves.
 *
 * @throws SyscallError: EIO, ENOSPC, EDQUOT
 */
export async function syncFilesystem(directory: string): Promise<void> {
  declared ??= koffi().load(null).func('int syncfs(int fd)');
  const syncfs = declared;
  const fd = openSync(directory, 'r');
  try {
    const result = await new Promise<number>((resolve, reject) => {
      syncfs.async(fd, (error: unknown, value: number) => (error ? reject(error) : resolve(value)));
    });
    // errno belongs to the thread that made the call and cannot be read here; EIO is what syncfs(2) reports by far the
    // most, and a full disk was met by the writes before.
    if (result === -1) throw new SyscallError('syncfs', errnoNumber('EIO'), `syncfs(${fd}<${directory}>)`);
  } finally {
    closeSync(fd);
  }
}
