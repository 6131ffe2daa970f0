/** `pause` and `unpause`: all processes of a container stopped where they are, and set going again. */
import { GockerError } from '../../errors/index.ts';
import { freezeCgroup, isFrozen } from '../../runtime/index.ts';
import type { EngineContext } from '../context.ts';
import { recordContainerEvent } from '../events/record-event.ts';
import { withContainer } from './lock.ts';
import type { ContainerRecord } from './record.ts';
import { cgroupOf } from './spec/resources.ts';
import { statusOf } from './status.ts';

/** @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`, `CONTAINER_NOT_RUNNING`, `CONTAINER_PAUSED`, `FREEZER_…` */
export async function pauseContainer(context: EngineContext, text: string): Promise<void> {
  await withContainer(context, text, async (record) => {
    if (statusOf(record) !== 'running') throw notRunning('pause', record);
    if (isPaused(record)) {
      throw new GockerError(
        'CONTAINER_PAUSED',
        `cannot pause container "${record.name}": container ${record.id.slice(0, 12)} is already paused`,
        { hint: `Let it go on with "gocker unpause ${record.name}".` },
      );
    }
    // Before the act: what is frozen is then always known to be.
    context.containers.update({ ...record, paused: true });
    await freezeCgroup(cgroupName(record), true);
    recordContainerEvent(context, record, 'pause');
  });
}

/** @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`, `CONTAINER_NOT_RUNNING`, `CONTAINER_NOT_PAUSED` */
export async function unpauseContainer(context: EngineContext, text: string): Promise<void> {
  await withContainer(context, text, async (record) => {
    if (statusOf(record) !== 'running') throw notRunning('unpause', record);
    if (!isPaused(record)) {
      throw new GockerError(
        'CONTAINER_NOT_PAUSED',
        `cannot unpause container "${record.name}": container ${record.id.slice(0, 12)} is not paused`,
      );
    }
    await thaw(context, record);
    recordContainerEvent(context, record, 'unpause');
  });
}

/** Of one that runs. The kernel is asked, and only where the record says that it may be. */
export function isPaused(record: ContainerRecord): boolean {
  return record.paused === true && isFrozen(cgroupName(record));
}

/** Within withContainer(). Nothing happens where it is not paused. */
export async function thaw(context: EngineContext, record: ContainerRecord): Promise<void> {
  if (record.paused !== true) return;
  await freezeCgroup(cgroupName(record), false).catch((error: unknown) => {
    // It has ended meanwhile, and its cgroup with it.
    if (!(error instanceof GockerError && error.code === 'FREEZER_MISSING')) throw error;
  });
  const { paused: _, ...going } = record;
  context.containers.update(going);
}

function cgroupName({ id, resources }: ContainerRecord): string {
  return cgroupOf(id, resources?.cgroupParent);
}

function notRunning(verb: 'pause' | 'unpause', { id, name }: ContainerRecord): GockerError {
  return new GockerError(
    'CONTAINER_NOT_RUNNING',
    `cannot ${verb} container "${name}": container ${id.slice(0, 12)} is not running`,
    { hint: `Start it first with "gocker start ${name}".` },
  );
}
