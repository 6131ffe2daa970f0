/** What became of a tape. */
import { GockerError } from '../../errors/index.ts';
import { formatKernelCall } from '../format-kernel-call.ts';
import { type PlayedCall, type Recording, resultsBefore } from './recording.ts';
import { TapeError } from './tape-error.ts';

export type Ending =
  /** An execve took over: the child is now the program. */
  | { readonly kind: 'executed' }
  /** It goes its own way. */
  | { readonly kind: 'departed' }
  /** The plan came to its end without one; the child has exited. */
  | { readonly kind: 'finished' }
  /** A call failed; the child has exited with 125. */
  | { readonly kind: 'stopped'; readonly error: TapeError }
  /** Something else ended the child; exited() knows the signal. */
  | { readonly kind: 'killed'; readonly error: GockerError };

export type Outcome = Ending & {
  /** The whole plan, with results as far as it was played. */
  readonly calls: readonly PlayedCall[];
  /** What was handed over, in that order: close-on-exec, and the caller's to close. None where there is an error. */
  readonly descriptors: readonly number[];
};

const EXECS: readonly string[] = ['execve', 'execveat'];
const EXITS: readonly string[] = ['exit', 'exit_group'];

/** How it must have ended, once the child has let go of its lifeline. */
export function judge(recording: Recording, given: Readonly<Record<string, number>>): Ending {
  const { calls, index, stopped } = recording;
  const last = calls[index];
  if (last === undefined) return { kind: 'finished' };
  const { call, result = 0 } = last;
  // It may have come further already, and round and round.
  if (!stopped && calls.slice(0, index + 1).some((played) => played.call.departs)) return { kind: 'departed' };
  const printed = formatKernelCall(call, resultsBefore(index, calls, given));
  if (stopped) return { kind: 'stopped', error: new TapeError(call, index, { printed, result }) };
  if (EXECS.includes(call.call) && !call.playsOn) return { kind: 'executed' };
  if (EXITS.includes(call.call)) return { kind: 'finished' };
  return {
    kind: 'killed',
    error: new GockerError('TAPE_KILLED', `cannot play ${printed}, entry ${index}: the child was killed (${call.why})`),
  };
}
