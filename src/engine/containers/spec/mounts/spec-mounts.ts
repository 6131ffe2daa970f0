/** Mount points as the runtime spec has them: runtime-spec v1.2.1 config.md#mounts. Pure. */
import type { Mount } from '../../../../oci/index.ts';
import type { ImagePoint, MountPoint, TmpfsPoint, VolumePoint } from './mount-point.ts';

export interface SourceFacts {
  /** The directory that a volume is, and the words of its own for the mount: `rbind` … */
  readonly volume: (point: VolumePoint) => { readonly path: string; readonly options: readonly string[] };
  /** The trees of an image's layers, top first. */
  readonly lowerdirs: (point: ImagePoint) => readonly string[];
  /** Permission bits of the directory that the image has in its place; undefined where it has none. */
  readonly mode: (point: TmpfsPoint) => number | undefined;
}

export function specMount(point: MountPoint, facts: SourceFacts): Mount {
  const { destination } = point;
  switch (point.type) {
    case 'bind':
      return {
        destination,
        type: 'bind',
        source: point.source,
        options: [
          point.recursive ? 'rbind' : 'bind',
          ...accessOf(point),
          point.propagation,
          ...(point.idmap ? ['idmap'] : []),
        ],
      };
    case 'volume': {
      const { path, options } = facts.volume(point);
      return {
        destination,
        type: 'bind',
        source: path,
        options: [...options, ...accessOf(point), 'rprivate', ...partOf(point)],
      };
    }
    case 'tmpfs':
      return { destination, type: 'tmpfs', source: 'tmpfs', options: [...point.options, ...modeOf(point, facts)] };
    case 'image':
      return {
        destination,
        type: 'overlay',
        source: 'overlay',
        options: ['ro', `lowerdir=${facts.lowerdirs(point).map(escapeLowerdir).join(':')}`, ...partOf(point)],
      };
  }
}

/**
 * `ro` alone would leave writable what the host has mounted below. No `rw`: it would make writable what the host has mounted
 * read-only.
 */
function accessOf(point: MountPoint): string[] {
  if (point.access === 'rw') return [];
  const isDeep = point.access === 'ro' && (point.type !== 'bind' || point.recursive);
  return isDeep ? ['ro', 'rro'] : ['ro'];
}

/** As docker has it: /run of the image is not for everybody to write, nor is a tmpfs over it. tmpfs(5) alone would say 1777. */
function modeOf(point: TmpfsPoint, facts: SourceFacts): string[] {
  if (point.options.some((option) => option.startsWith('mode='))) return [];
  const mode = facts.mode(point);
  return mode === undefined ? [] : [`mode=${mode.toString(8)}`];
}

function partOf({ subpath }: { readonly subpath?: string }): string[] {
  return subpath === undefined ? [] : [`X-mount.subdir=${subpath}`];
}

/** overlayfs.rst "Multiple lower layers". */
function escapeLowerdir(path: string): string {
  return path.replace(/[:\\]/g, '\\$&');
}
