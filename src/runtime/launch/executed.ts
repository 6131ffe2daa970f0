/** What became of a child whose tape ends in the program: its calls and what it handed over, or an error that tells the cause. */
import { closeSync } from 'node:fs';
import { GockerError } from '../../errors/index.ts';
import type { Spec } from '../../oci/index.ts';
import type { Outcome, PlayedCall } from '../../syscall/index.ts';
import { commandFailure } from './command-failure.ts';
import { idmapFailure } from './idmap-failure.ts';
import { settingFailure } from './setting-failure.ts';

export interface Executed {
  readonly played: readonly PlayedCall[];
  /** gocker's side of a terminal, or the pidfd of a detached process; the caller's to close. */
  readonly handedOver: number | undefined;
}

/** @throws GockerError `COMMAND_NOT_FOUND`, `COMMAND_NOT_EXECUTABLE` …; TapeError */
export async function executed(outcome: Outcome, spec: Spec, clone: PlayedCall): Promise<Executed> {
  const [handedOver, ...others] = outcome.descriptors;
  for (const fd of others) closeSync(fd);
  if (outcome.kind === 'executed') return { played: [clone, ...outcome.calls], handedOver };
  if (handedOver !== undefined) closeSync(handedOver);
  if (outcome.kind === 'finished' || outcome.kind === 'departed')
    throw new GockerError('PLAN_INVALID', 'cannot start the container: its plan ends without execve');
  if (outcome.kind === 'stopped' && outcome.error.syscall === 'execve') {
    throw commandFailure(spec.process, outcome.calls, outcome.error);
  }
  if (outcome.kind !== 'stopped') throw outcome.error;
  throw settingFailure(spec, outcome.error) ?? idmapFailure(outcome.calls, outcome.error) ?? outcome.error;
}
