/** Flags of `run` on what stands around the container's program. */
import type { ProcessOptions } from '../../../engine/index.ts';
import type { Flags, Options } from '../../command.ts';

export const processFlags = {
  init: {
    flags: '--init',
    kind: 'boolean',
    description: 'Run an init as PID 1: it passes signals on and reaps processes',
  },
} as const satisfies Options;

export function readProcessOptions(flags: Flags<typeof processFlags>): ProcessOptions {
  return flags.init ? { init: true } : {};
}
