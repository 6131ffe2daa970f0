/** Waiting until a container has ended and whoever looks after it has written that down: by then all it wrote is in its log. */
import { closeSync } from 'node:fs';
import { GockerError } from '../../errors/index.ts';
import type { ProcessIdentity } from '../../runtime/index.ts';
import { errnoNumber, PollWatch, pidfdOpen, SyscallError } from '../../syscall/index.ts';
import type { ContainerRecord } from '../containers/record.ts';
import { isAlive } from '../containers/status.ts';
import type { EngineContext } from '../context.ts';

/** @param signal ends the waiting; nothing is told by that */
export async function untilEnded(
  context: EngineContext,
  { id, process, owner }: ContainerRecord,
  signal: AbortSignal,
): Promise<void> {
  if (process !== undefined) await untilGone(process, signal);
  for (let pause = 1; !signal.aborted; pause = Math.min(pause * 2, 32)) {
    const isKept = hasEnd(context, id, process);
    // Looked at before: what a killed owner has not written by now, it never will.
    if (isKept || !isAlive(owner)) return;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** Removed, ended, or running again as another process. */
function hasEnd(context: EngineContext, id: string, process: ProcessIdentity | undefined): boolean {
  try {
    const record = context.containers.get(id, id);
    return record.finished !== undefined || record.process?.startTime !== process?.startTime;
  } catch (error) {
    if (error instanceof GockerError && error.code === 'CONTAINER_NOT_FOUND') return true;
    throw error;
  }
}

async function untilGone(process: ProcessIdentity, signal: AbortSignal): Promise<void> {
  const pidfd = openProcess(process);
  if (pidfd === undefined) return;
  try {
    await new Promise<void>((resolve) => {
      const done = () => {
        watch.close();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const watch = new PollWatch(pidfd, done);
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
      else watch.want({ readable: true, writable: false });
    });
  } finally {
    closeSync(pidfd);
  }
}

/** @returns undefined where it has ended */
function openProcess(process: ProcessIdentity): number | undefined {
  let pidfd: number;
  try {
    pidfd = pidfdOpen(process.pid);
  } catch (error) {
    if (error instanceof SyscallError && error.errno === errnoNumber('ESRCH')) return undefined;
    throw error;
  }
  // Held by its descriptor, it keeps its pid to itself: what has this start time now is what is held.
  if (isAlive(process)) return pidfd;
  closeSync(pidfd);
  return undefined;
}
