/** Flags of `run` on what becomes of the container when it has ended by itself. */
import type { RestartOptions } from '../../../engine/index.ts';
import type { Flags, Options } from '../../command.ts';
import { present } from './present.ts';

export const restartFlags = {
  restart: {
    flags: '--restart <policy>',
    kind: 'text',
    description: 'When to start it again: no, on-failure[:retries], always, unless-stopped (none of them at a boot)',
  },
} as const satisfies Options;

export function readRestartOptions({ restart }: Flags<typeof restartFlags>): RestartOptions {
  return present({ restart });
}
