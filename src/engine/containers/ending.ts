/** Waiting for a container to end, and for what is done about it then: no lock is held meanwhile. */
import { closeSync, existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { GockerError } from '../../errors/index.ts';
import { killProcess, type ProcessIdentity } from '../../runtime/index.ts';
import { errnoNumber, PollWatch, pidfdOpen, SyscallError } from '../../syscall/index.ts';
import type { EngineContext } from '../context.ts';
import type { ContainerRecord } from './record.ts';
import { isAlive } from './status.ts';

/** Milliseconds. The longest that a timer of Node's can be set to: 24 days. */
const LONGEST = 2 ** 31 - 1;
/** For the kernel to end what was killed. */
const KILL_PATIENCE = 10_000;
/** For its owner to write its end down: it may be stopped itself, or wait for a disk. */
const OWNER_PATIENCE = 10_000;

/**
 * @param within milliseconds; Infinity: however long it takes
 * @returns whether it has ended
 */
export async function endsWithin(process: ProcessIdentity | undefined, within: number): Promise<boolean> {
  if (process === undefined) return true;
  const pidfd = openProcess(process);
  if (pidfd === undefined) return true;
  try {
    await readableWithin(pidfd, within);
    return !isAlive(process);
  } finally {
    closeSync(pidfd);
  }
}

/**
 * SIGKILL, and what follows from it.
 *
 * @param verb of what could not be done otherwise: `stop`
 * @throws GockerError `CONTAINER_UNKILLABLE`
 */
export async function forceEnd(context: EngineContext, record: ContainerRecord, verb: string): Promise<void> {
  if (record.process !== undefined) killProcess(record.process, 'SIGKILL');
  if (await endsWithin(record.process, KILL_PATIENCE)) return ownerDone(context, record);
  throw new GockerError('CONTAINER_UNKILLABLE', `cannot ${verb} container "${record.name}": it outlives SIGKILL`, {
    hint: 'It may wait for a disk or a network filesystem: see "ps -o state,wchan" of its processes.',
  });
}

/** Resolves once who looks after an ended container has cleared up, or has been killed, and then we have. */
export async function ownerDone(context: EngineContext, { id, owner }: ContainerRecord): Promise<void> {
  const mark = context.containers.markOf(id, owner);
  const end = performance.now() + OWNER_PATIENCE;
  for (let pause = 1; existsSync(mark); pause = Math.min(pause * 2, 16)) {
    if (!isAlive(owner)) {
      const { sweepContainers } = await import('./sweep.ts');
      return sweepContainers(context);
    }
    if (performance.now() > end) return;
    await sleep(pause);
  }
}

/** @returns undefined where there is no such process any more */
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

function readableWithin(fd: number, within: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      watch.close();
      clearTimeout(timer);
      resolve();
    };
    const watch = new PollWatch(fd, done);
    const timer = within === Number.POSITIVE_INFINITY ? undefined : setTimeout(done, Math.min(within, LONGEST));
    watch.want({ readable: true, writable: false });
  });
}
