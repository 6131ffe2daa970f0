/** The end of a container's record and files and, where it is wished, of the volumes that nobody named. */
import { existsSync } from 'node:fs';
import type { EngineContext } from '../context.ts';
import { recordContainerEvent } from '../events/record-event.ts';
import { forgetLog } from './logging.ts';
import { leaveNetworks } from './networks.ts';
import type { ContainerRecord } from './record.ts';

/**
 * Volumes and log first: while there is a record, whoever clears up after a killed gocker finds them by it. Idempotent. Loads what
 * handles volumes only where there are any.
 */
export async function forgetContainer(
  context: EngineContext,
  record: ContainerRecord,
  options: { readonly volumes: boolean },
): Promise<void> {
  if (options.volumes && record.mounts?.some((point) => point.type === 'volume' && point.anonymous)) {
    const { removeAnonymousVolumes } = await import('../volumes/remove.ts');
    await removeAnonymousVolumes(context, record);
  }
  await leaveNetworks(context, record);
  const isThere = existsSync(context.containers.directory(record.id));
  forgetLog(context, record);
  context.containers.remove(record);
  if (isThere) recordContainerEvent(context, record, 'destroy');
  if (record.frozen !== undefined || record.snapshots !== undefined) {
    const { collectFrozen } = await import('../snapshots/collect.ts');
    await collectFrozen(context);
  }
}
