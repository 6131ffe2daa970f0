/**
 * The text after --volumes-from:
 *
 *   volumes-from ::= container [":" ("ro" | "rw" | "z" | "Z") {"," …}]
 */
import { mountError } from './mount-error.ts';
import type { MountPoint } from './mount-point.ts';

export interface VolumesFrom {
  readonly container: string;
  readonly readonly: boolean;
}

/** @throws GockerError `VOLUME_INVALID` */
export function parseVolumesFrom(value: string): VolumesFrom {
  const flag = '--volumes-from';
  if (value === '') throw mountError(flag, value, 'volumes-from specification cannot be an empty string');
  const colon = value.indexOf(':');
  const container = colon < 0 ? value : value.slice(0, colon);
  const words = colon < 0 ? [] : value.slice(colon + 1).split(',');
  const access = words.filter((word) => word === 'ro' || word === 'rw');
  if (access.length > 1 || words.some((word) => !['ro', 'rw', 'z', 'Z'].includes(word))) {
    throw mountError(flag, value, `invalid mode: ${words.join(',')}`, 'CONTAINER, CONTAINER:ro or :rw');
  }
  return { container, readonly: access[0] === 'ro' };
}

/** Another container's mounts, as this one gets them. What --tmpfs made is no volume. */
export function inherit(points: readonly MountPoint[], { readonly }: VolumesFrom): MountPoint[] {
  return points
    .filter((point) => point.type !== 'tmpfs' || !point.byTmpfs)
    .map((point) => {
      const inherited = readonly && point.access === 'rw' ? { ...point, access: 'ro' as const } : point;
      return inherited.type === 'volume' ? { ...inherited, copy: false, mustExist: true } : inherited;
    });
}
