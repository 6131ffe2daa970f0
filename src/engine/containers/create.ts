/** `create`: a container that is there and doesn't run yet. */
import type { EngineContext } from '../context.ts';
import type { RunOptions } from '../options/run-options.ts';
import { ensureImage } from './ensure-image.ts';
import { prepareContainer } from './prepare.ts';
import type { ContainerRecord } from './record.ts';
import { sweepContainers } from './sweep.ts';

/** @throws GockerError of the pull and the options; nothing is left of the container then */
export async function createContainer(context: EngineContext, options: RunOptions): Promise<ContainerRecord> {
  await sweepContainers(context);
  const image = await ensureImage(context, options);
  options.signal?.throwIfAborted();
  const { record } = await prepareContainer(context, image, options);
  const kept = { ...record, kept: true as const };
  context.containers.update(kept);
  context.containers.unmark(kept);
  return kept;
}
