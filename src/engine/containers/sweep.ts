/** Clears up after gockers that were killed: cgroups, and the containers that were to vanish with them. */
import { removeCgroup } from '../../runtime/index.ts';
import type { EngineContext } from '../context.ts';
import { forgetContainer } from './forget.ts';
import type { ContainerRecord } from './record.ts';
import { cgroupOf } from './spec/resources.ts';

/** Cheap where there is nothing to do. Idempotent; several processes may do it at once. */
export async function sweepContainers(context: EngineContext): Promise<void> {
  for (const abandoned of context.containers.abandoned()) {
    const { id, record } = abandoned;
    await removeCgroup(cgroupOf(id, record?.resources?.cgroupParent));
    // One that got no further than its creation is of use to nobody.
    if (record === undefined) context.containers.remove(abandoned);
    else if (isAtRest(record)) {
      // Nothing of it is left to do.
    } else if (record.autoRemove || record.process === undefined)
      await forgetContainer(context, record, { volumes: true });
    // SIGKILL: the kernel ended it when its owner died, and nobody was there to be told.
    else context.containers.update({ ...record, finished: new Date().toISOString(), exitCode: 137 });
    context.containers.unmark(abandoned);
  }
}

/** Its end is written down, or it was made and not started. */
function isAtRest(record: ContainerRecord): boolean {
  if (record.process === undefined) return record.kept === true;
  return record.finished !== undefined && !record.autoRemove;
}
