/** Clears up after gockers and monitors that were killed: cgroups, and the containers that were to vanish with them. */
import { existsSync } from 'node:fs';
import { removeCgroup } from '../../runtime/index.ts';
import { withDirectoryLock } from '../../store/index.ts';
import type { EngineContext } from '../context.ts';
import type { Abandoned } from './container-store.ts';
import { forgetContainer } from './forget.ts';
import { leaveNetworks } from './networks.ts';
import { type ContainerRecord, readRecord } from './record.ts';
import { cgroupOf } from './spec/resources.ts';
import { isAlive, statusOf } from './status.ts';
import { recordEnd } from './tell-end.ts';

/** Cheap where there is nothing to do. Idempotent; several processes may do it at once. */
export async function sweepContainers(context: EngineContext): Promise<void> {
  for (const abandoned of context.containers.abandoned()) await sweep(context, abandoned);
}

async function sweep(context: EngineContext, abandoned: Abandoned): Promise<void> {
  const { containers } = context;
  const directory = containers.directory(abandoned.id);
  if (!existsSync(directory)) return clear(context, abandoned, undefined);
  try {
    // Read again: until we had the lock, others may have swept it, and even started it.
    await withDirectoryLock(directory, 'exclusive', () => clear(context, abandoned, readRecord(directory)));
  } catch (error) {
    // Removed between the look and the lock.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || existsSync(directory)) throw error;
    await clear(context, abandoned, undefined);
  }
}

async function clear(context: EngineContext, abandoned: Abandoned, record: ContainerRecord | undefined): Promise<void> {
  const { containers } = context;
  if (record !== undefined && statusOf(record) === 'running') {
    // The mark of who started it, and was killed when its monitor had it already.
    if (isAlive(record.owner)) containers.unmark(abandoned);
    return;
  }
  if (record === undefined || !isLookedAfter(context, record)) {
    if (record !== undefined) await leaveNetworks(context, record);
    await removeCgroup(cgroupOf(abandoned.id, record?.resources?.cgroupParent));
    // One that got no further than its creation is of use to nobody.
    if (record === undefined) containers.remove(abandoned);
    else await settle(context, record);
  }
  containers.unmark(abandoned);
}

/** Its monitor is about to clear up itself. */
function isLookedAfter(context: EngineContext, record: ContainerRecord): boolean {
  return record.process !== undefined && isAlive(record.owner) && context.containers.isMarked(record);
}

async function settle(context: EngineContext, record: ContainerRecord): Promise<void> {
  if (record.process === undefined ? record.kept === true : record.finished !== undefined && !record.autoRemove) {
    // Its end is written down, or it was made and not started.
    return;
  }
  // SIGKILL: the kernel ended it when its owner died, and nobody was there to be told.
  const ended = { ...record, finished: record.finished ?? new Date().toISOString(), exitCode: record.exitCode ?? 137 };
  const told = record.process === undefined ? record : recordEnd(context, ended);
  if (record.autoRemove || record.process === undefined) await forgetContainer(context, record, { volumes: true });
  else context.containers.update(told);
}
