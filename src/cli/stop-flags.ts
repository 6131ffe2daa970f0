/** Flags of `stop`, and of `restart`, which stops first. */
import type { StopOptions } from '../engine/index.ts';
import type { Flags, Options } from './command.ts';
import { readWholeNumber } from './whole-number.ts';

export const stopFlags = {
  signal: { flags: '-s, --signal <signal>', kind: 'text', description: "Send this instead of the container's own" },
  timeout: {
    flags: '-t, --timeout <seconds>',
    also: ['time'],
    kind: 'text',
    description: 'Seconds to wait before it is killed; -1: for ever (default: 10)',
  },
} as const satisfies Options;

/** @throws UsageError */
export function readStopOptions(command: string, { signal, timeout }: Flags<typeof stopFlags>): StopOptions {
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(timeout === undefined ? {} : { timeout: readWholeNumber(command, '-t, --timeout', timeout) }),
  };
}
