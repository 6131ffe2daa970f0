/** Ends that nobody has told yet, told: before somebody reads the journal of events, and while he does. */
import { GockerError } from '../../errors/index.ts';
import type { EngineContext } from '../context.ts';
import { withContainer } from './lock.ts';
import { sweepContainers } from './sweep.ts';

export async function tellEnds(context: EngineContext): Promise<void> {
  await sweepContainers(context);
  const untold = context.containers
    .list()
    .filter(({ started, finished, endTold }) => finished !== undefined && started !== endTold);
  for (const { id } of untold) await tellEndOf(context, id);
}

/** @param id in full; of a container that may be gone */
export async function tellEndOf(context: EngineContext, id: string): Promise<void> {
  try {
    // Whoever holds the lock tells it.
    await withContainer(context, id, () => {});
  } catch (error) {
    if (!(error instanceof GockerError && error.code === 'CONTAINER_NOT_FOUND')) throw error;
  }
}
