/** A seccomp profile from a file. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { GockerError } from '../../errors/index.ts';

/** Many times the size of docker's. */
const MOST_BYTES = 4 * 1024 * 1024;

/** @throws GockerError `SECURITY_OPT_INVALID` for one that can't be read, is no file, or is too large */
export function readProfile(path: string): string {
  const fail = (is: string, cause?: unknown): never => {
    throw new GockerError(
      'SECURITY_OPT_INVALID',
      `cannot open seccomp profile "${path}": ${is} (expected a file of JSON)`,
      { cause },
    );
  };
  try {
    // A FIFO without a writer would keep us waiting.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(fd);
      if (!stat.isFile()) return fail('it is no file');
      if (stat.size > MOST_BYTES) return fail(`it has ${stat.size} bytes`);
      return readFileSync(fd, 'utf8');
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (error instanceof GockerError) throw error;
    return fail(error instanceof Error ? error.message : String(error), error);
  }
}
