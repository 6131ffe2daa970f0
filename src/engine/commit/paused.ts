/** A container that holds still while its files are read. */
import { GockerError } from '../../errors/index.ts';
import { isFrozen, whileFrozen } from '../../runtime/index.ts';
import type { ContainerRecord } from '../containers/record.ts';
import { cgroupOf } from '../containers/spec/resources.ts';
import type { EngineContext } from '../context.ts';

/** Runs on afterwards, unless it was paused before; where nothing can pause it, that is a warning. */
export async function whilePaused<T>(
  context: EngineContext,
  { id, name, resources }: ContainerRecord,
  act: () => Promise<T>,
): Promise<T> {
  const cgroup = cgroupOf(id, resources?.cgroupParent);
  if (isFrozen(cgroup)) return await act();
  let begun = false;
  try {
    return await whileFrozen(cgroup, () => {
      begun = true;
      return act();
    });
  } catch (error) {
    if (begun || !(error instanceof GockerError && error.code === 'FREEZER_MISSING')) throw error;
    context.warn(`cannot pause "${name}" meanwhile: ${error.message}; what it writes now may be half in the image`);
    return await act();
  }
}
