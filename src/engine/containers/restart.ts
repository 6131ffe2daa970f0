/** `restart`: a container is stopped, where it runs, and started. */
import { rmSync } from 'node:fs';
import type { EngineContext } from '../context.ts';
import { recordContainerEvent } from '../events/record-event.ts';
import type { StopOptions } from '../options/lifecycle-options.ts';
import type { StartedContainer } from '../types.ts';
import { withContainer } from './lock.ts';
import { startContainer } from './start.ts';
import { identifyProcess } from './status.ts';
import { stopContainer } from './stop.ts';
import { successorFile } from './successor.ts';

/**
 * One that is to vanish at its end lives on.
 *
 * @param text name, id or unique prefix of an id
 * @throws GockerError as stopContainer() and startContainer()
 */
export async function restartContainer(
  context: EngineContext,
  text: string,
  options: StopOptions = {},
): Promise<StartedContainer> {
  const { containers } = context;
  const owner = identifyProcess(process.pid) ?? { pid: process.pid, startTime: 0 };
  const id = await withContainer(context, text, (record) => {
    if (record.autoRemove) {
      // If we are killed in between, whoever finds our mark lets it vanish.
      containers.mark(record.id, owner);
      rmSync(successorFile(containers.directory(record.id)), { force: true });
    }
    return record.id;
  });
  try {
    await stopContainer(context, id, options);
    const started = await startContainer(context, id);
    recordContainerEvent(context, context.containers.get(id, text), 'restart');
    return started;
  } finally {
    containers.unmark({ id, owner });
  }
}
