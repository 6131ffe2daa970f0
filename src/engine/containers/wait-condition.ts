/** `wait --condition`: until a container is what somebody waits for. Nobody looks again and again: changes wake who waits. */
import { GockerError } from '../../errors/index.ts';
import type { EngineContext } from '../context.ts';
import { ContainerChanges } from './container-changes.ts';
import { witnessExit } from './exit-witnesses.ts';
import { healthOf } from './health/health-file.ts';
import type { ContainerRecord } from './record.ts';
import { isAlive, statusOf } from './status.ts';
import { sweepContainers } from './sweep.ts';

/** docker's `not-running`, `next-exit` and `removed`; podman's `running`, `stopped` (it has run), `healthy` and `unhealthy`. */
export type WaitCondition = 'not-running' | 'next-exit' | 'removed' | 'running' | 'stopped' | 'healthy' | 'unhealthy';

/**
 * @param id in full @param text as the user named it
 * @returns the exit code of its last end; 0 where there was none
 * @throws GockerError `CONTAINER_NOT_FOUND`, `CONDITION_IMPOSSIBLE`; the signal's reason
 */
export async function waitForCondition(
  context: EngineContext,
  { id, text, condition }: { readonly id: string; readonly text: string; readonly condition: WaitCondition },
  signal?: AbortSignal,
): Promise<number> {
  using changes = watchContainer(context, id, text);
  let release = witnessExit(context.containers.directory(id));
  signal?.addEventListener('abort', changes.interrupt);
  let before = context.containers.get(id, text);
  try {
    for (let record: ContainerRecord | undefined = before; ; record = findAgain(context, id)) {
      signal?.throwIfAborted();
      if (record === undefined) return exitOfRemoved(context, before, { text, condition });
      if (isMet(context, record, { before, condition })) return record.exitCode ?? 0;
      // It may go now that its end is known to us.
      if (condition === 'removed' && record.finished !== undefined) {
        release();
        release = () => {};
      }
      before = record;
      await anyChange(context, changes, record);
    }
  } finally {
    signal?.removeEventListener('abort', changes.interrupt);
    release();
  }
}

interface Wish {
  /** What it was when it was looked at last. */
  readonly before: ContainerRecord;
  readonly condition: WaitCondition;
}

function isMet(context: EngineContext, record: ContainerRecord, { before, condition }: Wish): boolean {
  const status = statusOf(record);
  const isUp = status === 'running';
  const isOver = !isUp && record.process !== undefined && record.finished !== undefined;
  switch (condition) {
    case 'not-running':
      return isOver || (!isUp && record.process === undefined);
    case 'stopped':
      return isOver;
    case 'running':
      return isUp;
    case 'next-exit':
      // Started anew, it has ended in between.
      return before.finished === undefined && before.started !== undefined
        ? isOver || record.started !== before.started
        : isOver && record.finished !== before.finished;
    case 'removed':
      return false;
    case 'healthy':
    case 'unhealthy': {
      const health = healthOf(context.containers.directory(record.id), record, status)?.Status;
      if (health !== condition) requirePossible(record, status === 'exited', condition);
      return health === condition;
    }
  }
}

function requirePossible(record: ContainerRecord, hasEnded: boolean, condition: WaitCondition): void {
  const cannot = `cannot wait until container "${record.name}" is ${condition}`;
  if (record.healthcheck === undefined || record.healthcheck.Test?.[0] === 'NONE') {
    throw new GockerError('CONDITION_IMPOSSIBLE', `${cannot}: it has no health check`, {
      hint: 'Give it one with "gocker run --health-cmd", or wait until it is "running".',
    });
  }
  if (hasEnded && record.finished !== undefined) {
    throw new GockerError('CONDITION_IMPOSSIBLE', `${cannot}: it has ended with exit code ${record.exitCode ?? '?'}`, {
      hint: `See "gocker logs ${record.name}" for why.`,
    });
  }
}

/** Its files, its process or who looks after it. */
async function anyChange(context: EngineContext, changes: ContainerChanges, record: ContainerRecord): Promise<void> {
  const isUp = statusOf(record) === 'running';
  if (isUp && record.process !== undefined) changes.watchProcess(record.process);
  if (record.process === undefined || isUp || record.finished !== undefined) return changes.wait();
  // How it ended is known to its owner, who is about to write it down; where that was killed too, to nobody.
  if (isAlive(record.owner)) {
    changes.watchProcess(record.owner);
    return changes.wait();
  }
  await sweepContainers(context);
}

function exitOfRemoved(
  { containers }: EngineContext,
  last: ContainerRecord,
  { text, condition }: { readonly text: string; readonly condition: WaitCondition },
): number {
  const isEnd = condition === 'removed' || condition === 'stopped' || condition === 'not-running';
  if (isEnd) return last.exitCode ?? 0;
  return containers.get(undefined, text).exitCode ?? 0;
}

function watchContainer({ containers }: EngineContext, id: string, text: string): ContainerChanges {
  try {
    return new ContainerChanges(containers.directory(id));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') containers.get(undefined, text);
    throw error;
  }
}

function findAgain({ containers }: EngineContext, id: string): ContainerRecord | undefined {
  try {
    return containers.get(id, id);
  } catch (error) {
    if (error instanceof GockerError && error.code === 'CONTAINER_NOT_FOUND') return undefined;
    throw error;
  }
}
