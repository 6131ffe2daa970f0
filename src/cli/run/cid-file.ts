/** `--cidfile`: a file that takes the container's id, and must not be there before. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { GockerError } from '../../errors/index.ts';

export interface CidFile {
  write(id: string): void;
  /** Idempotent. One that has no id in it is removed. */
  close(): void;
}

/** @throws GockerError `CIDFILE_TAKEN`, in docker's words */
export function openCidFile(path: string | undefined): CidFile {
  if (path === undefined) return { write: () => {}, close: () => {} };
  let fd: number | undefined = create(path);
  let isEmpty = true;
  return {
    write(id) {
      if (fd === undefined) return;
      writeSync(fd, id);
      isEmpty = false;
    },
    close() {
      if (fd === undefined) return;
      closeSync(fd);
      fd = undefined;
      if (isEmpty) rmSync(path, { force: true });
    },
  };
}

function create(path: string): number {
  try {
    return openSync(path, 'wx', 0o644);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      throw new GockerError('CIDFILE_TAKEN', `cannot write "${path}": container ID file found`, {
        cause,
        hint: `Make sure the other container isn't running, or delete "${path}".`,
      });
    }
    throw new GockerError('CIDFILE_TAKEN', `cannot write the container's id to "${path}": ${code ?? 'not writable'}`, {
      cause,
    });
  }
}
