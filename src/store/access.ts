/** A store that this user may not touch, told in the user's words. */
import { GockerError } from '../errors/index.ts';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the filesystem is read-only',
  ENOTDIR: 'a file stands where a folder should be',
  ENOENT: 'the way to it does not exist',
};

/**
 * Any other error is given back as it is.
 *
 * @param verb `read`, `write to`
 */
export function explainAccess(error: unknown, verb: string, path: string): unknown {
  const { code = '', path: where = path } = error as NodeJS.ErrnoException;
  const reason = reasons[code];
  if (reason === undefined || error instanceof GockerError) return error;
  return new GockerError('STORE_DENIED', `cannot ${verb} the store in "${path}": ${reason} (${code} at "${where}")`, {
    cause: error,
    hint: 'Run gocker as the user who owns that folder, or choose another one with --root or GOCKER_ROOT.',
  });
}
