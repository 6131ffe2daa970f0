/** Flags of `run` on what the container finds in its file tree. */
import { resolve } from 'node:path';
import type { MountOptions } from '../../../engine/index.ts';
import type { Flags, Options } from '../../command.ts';

export const mountFlags = {
  mount: {
    flags: '--mount <list>',
    kind: 'list',
    description: 'Mount: type=bind|volume|tmpfs|image,source=…,target=…[,readonly …]',
  },
  readOnly: { flags: '--read-only', kind: 'boolean', description: "Mount the container's root read-only" },
  tmpfs: { flags: '--tmpfs <list>', kind: 'list', description: 'Mount a tmpfs: /path[:size=64m,mode=1777]' },
  volume: {
    flags: '-v, --volume <list>',
    kind: 'list',
    description: 'Bind a path or mount a volume: /source:/target[:ro], name:/target, /target',
  },
  volumesFrom: {
    flags: '--volumes-from <list>',
    kind: 'list',
    description: "Mount another container's volumes: CONTAINER[:ro|rw]",
  },
} as const satisfies Options;

export function readMountOptions(flags: Flags<typeof mountFlags>): MountOptions {
  return {
    readOnly: flags.readOnly,
    tmpfs: flags.tmpfs,
    volumes: flags.volume.map(absoluteSource),
    mounts: flags.mount,
    volumesFrom: flags.volumesFrom,
  };
}

/** `./data:/data` is meant from where the user stands; the engine knows no such place. */
function absoluteSource(volume: string): string {
  const [source = '', ...rest] = volume.split(':');
  const relative = source === '.' || source === '..' || /^\.\.?\//.test(source);
  return relative && rest.length > 0 ? [resolve(source), ...rest].join(':') : volume;
}
