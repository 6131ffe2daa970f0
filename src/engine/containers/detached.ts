/** `run -d`: an image becomes a container that outlives us. */
import type { EngineContext } from '../context.ts';
import type { RunOptions } from '../options/run-options.ts';
import type { StartedContainer } from '../types.ts';
import { ensureImage } from './ensure-image.ts';
import { forgetContainer } from './forget.ts';
import { withContainer } from './lock.ts';
import { prepareContainer } from './prepare.ts';
import type { ContainerRecord } from './record.ts';
import { startLocked } from './start.ts';
import { sweepContainers } from './sweep.ts';

/**
 * Resolves once the command runs.
 *
 * @throws GockerError as run(); nothing is left of the container then
 */
export async function runDetached(context: EngineContext, options: RunOptions): Promise<StartedContainer> {
  return runUnderMonitor(context, options, (_record, start) => start());
}

/** @param act calls `start`, with whatever is to be done before and after it */
export async function runUnderMonitor<T>(
  context: EngineContext,
  options: RunOptions,
  act: (record: ContainerRecord, start: () => Promise<StartedContainer>) => Promise<T>,
): Promise<T> {
  await sweepContainers(context);
  const image = await ensureImage(context, options);
  options.signal?.throwIfAborted();
  const { record } = await prepareContainer(context, image, options);
  let isStarted = false;
  try {
    return await act(record, async () => {
      const started = await withContainer(context, record.id, (current) => startLocked(context, current, options));
      isStarted = true;
      return started;
    });
  } catch (error) {
    if (!isStarted) await forgetContainer(context, record, { volumes: true });
    throw error;
  } finally {
    context.containers.unmark(record);
  }
}
