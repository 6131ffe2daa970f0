/** `wait`: the end of a container, and how it ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineContext } from '../context.ts';
import { endsWithin } from './ending.ts';
import { witnessExit } from './exit-witnesses.ts';
import { isAlive, statusOf } from './status.ts';
import { sweepContainers } from './sweep.ts';

/**
 * Resolves at once where it doesn't run.
 *
 * @param text name, id or unique prefix of an id
 * @returns its exit code; 0 for one that was never started
 * @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`
 */
export async function waitForContainer(context: EngineContext, text: string): Promise<number> {
  const { id } = context.containers.find(text);
  const release = witnessExit(context.containers.directory(id));
  try {
    return await exitOf(context, id, text);
  } finally {
    release();
  }
}

async function exitOf(context: EngineContext, id: string, text: string): Promise<number> {
  for (let pause = 1; ; pause = Math.min(pause * 2, 32)) {
    const record = context.containers.get(id, text);
    if (statusOf(record) === 'running') {
      await endsWithin(record.process, Number.POSITIVE_INFINITY);
      pause = 1;
      continue;
    }
    if (record.process === undefined || record.finished !== undefined) return record.exitCode ?? 0;
    // How it ended is known to its owner, who is about to write it down; of both being killed, to nobody.
    if (!isAlive(record.owner)) await sweepContainers(context);
    await sleep(pause);
  }
}
