/**
 * One act at a time on a container: flock(2) on its directory, so that no lock outlives its holder. Who waits while another
 * removes the container finds it gone.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { withDirectoryLock } from '../../store/index.ts';
import type { EngineContext } from '../context.ts';
import type { ContainerRecord } from './record.ts';
import { isAlive } from './status.ts';
import { tellEnd } from './tell-end.ts';

/**
 * Everything that changes a container's state is done within, on the record as it is then. Never within another for the same
 * container: it would wait for itself. Whoever waits for processes does so outside.
 *
 * @param text name, id or unique prefix of an id
 * @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`; what `act` throws
 */
export async function withContainer<T>(
  context: EngineContext,
  text: string,
  act: (record: ContainerRecord) => T | Promise<T>,
): Promise<T> {
  const { containers } = context;
  const { id } = containers.find(text);
  await untilMade(context, id, text);
  try {
    return await withDirectoryLock(containers.directory(id), 'exclusive', async () => {
      const record = tellEnd(context, containers.get(id, text));
      if (record.unsettled === undefined) return act(record);
      const { settle } = await import('../snapshots/settle.ts');
      return act(settle(context, record));
    });
  } catch (error) {
    // Removed between the look and the lock.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') containers.find(text);
    throw error;
  }
}

/** Milliseconds. Its maker may be stopped; it is not waited for as long as somebody may have to. */
const PATIENCE = 10_000;

/** Whoever makes a container writes its record without the lock, and nobody else does before it is made. */
async function untilMade({ containers }: EngineContext, id: string, text: string): Promise<void> {
  const end = performance.now() + PATIENCE;
  for (let pause = 1; performance.now() < end; pause = Math.min(pause * 2, 16)) {
    const record = containers.get(id, text);
    if (record.kept === true || record.process !== undefined || record.owner.pid === process.pid) return;
    if (!containers.isMarked(record) || !isAlive(record.owner)) return;
    await sleep(pause);
  }
}
