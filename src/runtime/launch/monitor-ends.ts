/**
 * What a monitor holds of its container, taken over by pidfd_getfd(2) for as long as somebody takes part: the writing end of its
 * stdin, or the engine's side of its terminal. There is no socket to connect to, and the monitor does nothing about it.
 */
import { closeSync, writeSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { GockerError } from '../../errors/index.ts';
import { errnoNumber, pidfdGetfd, pidfdOpen, SyscallError } from '../../syscall/index.ts';
import { type ProcessIdentity, startTimeOf } from './process-identity.ts';
import { openInput } from './stdio.ts';
import type { TerminalStream } from './terminal-stream.ts';

/** The monitor's own numbers. */
export interface HeldDescriptors {
  readonly stdin?: number;
  readonly terminal?: number;
  readonly control: number;
}

/** What the monitor is told to do: let go of its own writing end of stdin. */
const CLOSE_STDIN = 'c';

export interface MonitorEnds {
  /** undefined where the container's stdin is /dev/null. Its end closes our copy alone. */
  readonly stdin: Writable | undefined;
  readonly terminal: TerminalStream | undefined;
  /** No one will write to the container's stdin any more: it sees the end once our copy is closed too. */
  closeStdin(): void;
  close(): void;
}

/** @throws GockerError `MONITOR_GONE`, SyscallError EPERM */
export async function takeEnds(monitor: ProcessIdentity, held: HeldDescriptors): Promise<MonitorEnds> {
  const taken = new Map<keyof HeldDescriptors, number>();
  const pidfd = openMonitor(monitor);
  try {
    for (const name of ['stdin', 'terminal', 'control'] as const) {
      const fd = held[name];
      if (fd !== undefined) taken.set(name, pidfdGetfd(pidfd, fd));
    }
    // Still the one whose numbers these are.
    if (startTimeOf(monitor.pid) !== monitor.startTime) throw gone();
  } catch (error) {
    for (const fd of taken.values()) closeSync(fd);
    throw isGone(error) ? gone(error) : error;
  } finally {
    closeSync(pidfd);
  }
  const { TerminalStream } = await import('./terminal-stream.ts');
  const [stdin, terminal, control] = [taken.get('stdin'), taken.get('terminal'), taken.get('control') ?? -1];
  const input = stdin === undefined ? undefined : openInput(stdin);
  const console = terminal === undefined ? undefined : new TerminalStream(terminal);
  return {
    stdin: input,
    terminal: console,
    closeStdin: () => void writeSync(control, CLOSE_STDIN),
    close: () => {
      input?.destroy();
      console?.destroy();
      closeSync(control);
    },
  };
}

function openMonitor({ pid }: ProcessIdentity): number {
  try {
    return pidfdOpen(pid);
  } catch (error) {
    throw isGone(error) ? gone(error) : error;
  }
}

/** EBADF: it has become another program, or closes what it had. */
function isGone(error: unknown): boolean {
  return error instanceof SyscallError && ['ESRCH', 'EBADF'].some((name) => errnoNumber(name) === error.errno);
}

function gone(cause?: unknown): GockerError {
  return new GockerError('MONITOR_GONE', 'cannot attach: the container is about to end', { cause });
}
