/** A process by pid and start time: pids come round again, pairs of both don't. proc_pid_stat(5). */
import { closeSync, readFileSync } from 'node:fs';
import { errnoNumber, pidfdOpen, pidfdSendSignal, SyscallError } from '../../syscall/index.ts';
import { signalNumber } from '../spec/signals.ts';

export interface ProcessIdentity {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: clock ticks since boot. */
  readonly startTime: number;
}

/** @returns undefined where there is no such process */
export function startTimeOf(pid: number): number | undefined {
  return readStat(pid)?.startTime;
}

/** False for one that has ended, though nobody has waited for it yet. */
export function isRunning({ pid, startTime }: ProcessIdentity): boolean {
  const stat = readStat(pid);
  return stat?.startTime === startTime && stat.state !== 'Z' && stat.state !== 'X';
}

function readStat(pid: number) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is a name that may hold blanks and parentheses itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], startTime: Number(fields[19]) };
  } catch {
    return undefined;
  }
}

/**
 * Signals exactly that process: it is held by its pidfd while its start time is compared.
 *
 * @returns false where it has ended
 * @throws GockerError `SIGNAL_UNKNOWN`, SyscallError EPERM
 */
export function killProcess({ pid, startTime }: ProcessIdentity, signal: string | number): boolean {
  const number = signalNumber(signal);
  let pidfd: number;
  try {
    pidfd = pidfdOpen(pid);
  } catch (error) {
    if (error instanceof SyscallError && error.errno === errnoNumber('ESRCH')) return false;
    throw error;
  }
  try {
    return startTimeOf(pid) === startTime && pidfdSendSignal(pidfd, number);
  } finally {
    closeSync(pidfd);
  }
}
