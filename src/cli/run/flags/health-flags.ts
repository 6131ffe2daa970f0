/** Flags of `run` on how it is found out whether the container does what it is for. */
import type { HealthOptions } from '../../../engine/index.ts';
import type { Flags, Options } from '../../command.ts';
import { present } from './present.ts';

export const healthFlags = {
  healthCmd: {
    flags: '--health-cmd <command>',
    kind: 'text',
    description: 'Command to run in the container to check its health',
  },
  healthInterval: {
    flags: '--health-interval <duration>',
    kind: 'text',
    description: 'Time between two checks (default: 30s)',
  },
  healthRetries: {
    flags: '--health-retries <number>',
    kind: 'text',
    description: 'Failures in a row that make it unhealthy (default: 3)',
  },
  healthStartInterval: {
    flags: '--health-start-interval <duration>',
    kind: 'text',
    description: 'Time between two checks in the start period (default: 5s)',
  },
  healthStartPeriod: {
    flags: '--health-start-period <duration>',
    kind: 'text',
    description: 'Time at its start in which failures do not count (default: 0s)',
  },
  healthTimeout: {
    flags: '--health-timeout <duration>',
    kind: 'text',
    description: 'Time that a check may take (default: 30s)',
  },
  noHealthcheck: {
    flags: '--no-healthcheck',
    kind: 'boolean',
    description: 'Check nothing, whatever the image says',
  },
} as const satisfies Options;

export function readHealthOptions(flags: Flags<typeof healthFlags>): HealthOptions {
  const { healthCmd, healthInterval, healthRetries, healthStartInterval, healthStartPeriod, healthTimeout } = flags;
  return {
    ...present({ healthCmd, healthInterval, healthRetries, healthStartInterval, healthStartPeriod, healthTimeout }),
    ...(flags.noHealthcheck ? { noHealthcheck: true } : {}),
  };
}
