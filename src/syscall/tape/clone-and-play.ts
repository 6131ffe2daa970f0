/** A child that plays a list of kernel calls: the one way in which this project makes a process. */
import { closeSync } from 'node:fs';
import { type CloneCall, type CloneFlag, cloneCall } from '../clone-call.ts';
import { socketPair } from '../descriptor-passing.ts';
import { formatKernelCall } from '../format-kernel-call.ts';
import type { KernelCall } from '../kernel-call.ts';
import { SyscallError } from '../syscall-error.ts';
import { LIFELINE, PARENT_LIFELINE } from './lifeline.ts';
import { Tape } from './tape.ts';
import { TapeChild } from './tape-child.ts';

export interface CloneOptions {
  /** The namespaces to be born in. */
  readonly namespaces?: readonly CloneFlag[];
  /** Descriptor of the cgroup (v2) to be born in. */
  readonly cgroup?: number;
  /** Descriptors of ours by the names that the plan has for them. The child inherits them; they stay the caller's. */
  readonly given?: Readonly<Record<string, number>>;
  /** Read the clock around each call; without it the plan is played alone. */
  readonly timing?: boolean;
}

/** The clone that cloneAndPlay() makes with these options, for `--explain`. */
export function birth(options: CloneOptions): CloneCall {
  return cloneCall(birthFlags(options), 'a new process, in its new namespaces', options.cgroup);
}

export function birthFlags({ namespaces = [], cgroup }: CloneOptions): CloneFlag[] {
  const flags: CloneFlag[] = ['CLONE_PIDFD', 'CLONE_CLEAR_SIGHAND', ...namespaces];
  return cgroup === undefined ? flags : [...flags, 'CLONE_INTO_CGROUP'];
}

/**
 * Returns as soon as the child is cloned; it plays on its own. It shares no memory with us but the tape, blocks all signals
 * and has all descriptors that we have. A plan must not close its lifeline (close_range(2) wants CLOSE_RANGE_CLOEXEC).
 *
 * @throws PlanError or GockerError UNKNOWN_SYSCALL for a plan that can't be laid out; SyscallError where clone3 fails. Then
 *   nothing is left.
 */
export function cloneAndPlay(calls: readonly KernelCall[], options: CloneOptions = {}): TapeChild {
  const clone = birth(options);
  const [ours, theirs] = socketPair();
  const given = { ...options.given, [LIFELINE]: theirs, [PARENT_LIFELINE]: ours };
  let tape: Tape | undefined;
  try {
    tape = new Tape(calls, { clone, given, timing: options.timing });
    const started = process.hrtime.bigint();
    const { pid, pidfd } = tape.play();
    const cloneNanoseconds = Number(process.hrtime.bigint() - started);
    if (pid < 0) throw new SyscallError(clone.call, -pid, formatKernelCall(clone));
    return new TapeChild({ tape, pid, pidfd, lifeline: ours, cloneNanoseconds });
  } catch (error) {
    tape?.release();
    closeSync(ours);
    throw error;
  } finally {
    closeSync(theirs);
  }
}
