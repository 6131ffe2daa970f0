/** Flags of `run` and `create` on how a container is asked to end. */
import type { LifecycleOptions } from '../../../engine/index.ts';
import type { Flags, Options } from '../../command.ts';
import { readWholeNumber } from '../../whole-number.ts';

export const lifecycleFlags = {
  stopSignal: { flags: '--stop-signal <signal>', kind: 'text', description: 'What "stop" sends (default: SIGTERM)' },
  stopTimeout: {
    flags: '--stop-timeout <seconds>',
    kind: 'text',
    description: 'How long "stop" waits before it kills; -1: for ever (default: 10)',
  },
} as const satisfies Options;

/** @throws UsageError */
export function readLifecycleOptions({ stopSignal, stopTimeout }: Flags<typeof lifecycleFlags>): LifecycleOptions {
  return {
    ...(stopSignal === undefined ? {} : { stopSignal }),
    ...(stopTimeout === undefined ? {} : { stopTimeout: readWholeNumber('run', '--stop-timeout', stopTimeout) }),
  };
}
