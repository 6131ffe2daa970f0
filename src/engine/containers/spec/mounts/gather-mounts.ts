/** All that a container is to have mounted, of the user's flags, other containers and the image's VOLUME. Pure. */
import { posix } from 'node:path';
import { GockerError } from '../../../../errors/index.ts';
import type { ExecutionConfig } from '../../../../oci/index.ts';
import type { MountOptions } from '../../../options/mount-options.ts';
import { parseMount } from './mount-flag.ts';
import type { MountPoint } from './mount-point.ts';
import { parseTmpfs } from './tmpfs-flag.ts';
import { parseVolume, volumeAt } from './volume-flag.ts';
import { inherit, parseVolumesFrom } from './volumes-from.ts';

export interface GatherFacts {
  /** What relative sources are relative to. */
  readonly workingDirectory: string;
  /** The mounts of a container. @throws GockerError `CONTAINER_NOT_FOUND` */
  readonly mountsOf: (container: string) => readonly MountPoint[];
}

/**
 * docker's order of who wins: what the user named; then anonymous `-v`; then other containers', the later over the earlier;
 * then the image's.
 *
 * @throws GockerError `VOLUME_INVALID`, `VOLUME_NAME_INVALID`, `MOUNT_DUPLICATE`
 */
export function gatherMounts(
  config: Pick<ExecutionConfig, 'Volumes'>,
  options: MountOptions,
  facts: GatherFacts,
): MountPoint[] {
  const { workingDirectory, mountsOf } = facts;
  const flags = (options.volumes ?? []).map((text) => parseVolume(text, workingDirectory));
  const named = [
    ...flags.filter((point) => point.type === 'bind' || point.name !== ''),
    ...(options.mounts ?? []).map((text) => parseMount(text, workingDirectory)),
    ...lastOfEach((options.tmpfs ?? []).map(parseTmpfs)),
  ];
  refuseDuplicates(named);
  const inherited = (options.volumesFrom ?? [])
    .map(parseVolumesFrom)
    .flatMap((from) => inherit(mountsOf(from.container), from));
  const image = Object.keys(config.Volumes ?? {}).flatMap((path) => imageVolume(path));
  return lastOfEach([
    ...image,
    ...inherited,
    ...flags.filter((point) => point.type === 'volume' && point.name === ''),
    ...named,
  ]);
}

/** An image may say what it likes: what is no place for a volume is none. */
function imageVolume(path: string): MountPoint[] {
  const destination = posix.resolve('/', path);
  return destination === '/' ? [] : [volumeAt('', destination, '')];
}

function refuseDuplicates(points: readonly MountPoint[]): void {
  const seen = new Set<string>();
  for (const { destination } of points) {
    if (seen.has(destination)) {
      throw new GockerError(
        'MOUNT_DUPLICATE',
        `cannot mount "${destination}" twice: Duplicate mount point: ${destination}`,
        {
          hint: 'Look for it in --mount, --volume and --tmpfs, and leave one.',
        },
      );
    }
    seen.add(destination);
  }
}

function lastOfEach<T extends MountPoint>(points: readonly T[]): T[] {
  return [...new Map(points.map((point) => [point.destination, point])).values()];
}
