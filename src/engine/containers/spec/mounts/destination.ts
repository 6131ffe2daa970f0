/** Where in a container something is mounted. */
import { posix } from 'node:path';
import { type MountFlag, mountError } from './mount-error.ts';

/** Normal by its text alone, as docker cleans it. @throws GockerError `VOLUME_INVALID` */
export function checkDestination(path: string, { flag, value }: { flag: MountFlag; value: string }): string {
  if (!path.startsWith('/')) {
    throw mountError(
      flag,
      value,
      `invalid mount path: '${path}' mount path must be absolute`,
      'a target such as /data',
    );
  }
  const normal = posix.normalize(path).replace(/(?<=.)\/$/, '');
  if (normal !== '/') return normal;
  throw mountError(
    flag,
    value,
    "invalid specification: destination can't be '/'",
    'a place below the container’s root',
  );
}
