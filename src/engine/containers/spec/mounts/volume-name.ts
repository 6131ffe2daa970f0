/** Names of volumes, as docker checks them: they become names of folders. */
import { GockerError } from '../../../../errors/index.ts';

/** @throws GockerError `VOLUME_NAME_INVALID` */
export function checkVolumeName(name: string): string {
  if (name.length === 1) {
    throw new GockerError(
      'VOLUME_NAME_INVALID',
      `cannot create volume "${name}": volume name is too short, names should be at least two alphanumeric characters`,
    );
  }
  // NAME_MAX is 255 bytes, and a folder that is being made or removed has a longer name.
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name) && name.length <= 200) return name;
  throw new GockerError(
    'VOLUME_NAME_INVALID',
    `cannot create volume ${JSON.stringify(name)}: it includes invalid characters for a local volume name (expected [a-zA-Z0-9][a-zA-Z0-9_.-]+, 200 at most)`,
    { hint: 'If you intended to pass a host directory, use an absolute path.' },
  );
}
