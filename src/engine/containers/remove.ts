/** `rm`: a container and its files. */
import { GockerError } from '../../errors/index.ts';
import { killProcess } from '../../runtime/index.ts';
import type { EngineContext } from '../context.ts';
import { forgetContainer } from './forget.ts';
import type { ContainerRecord } from './record.ts';
import { isAlive, statusOf } from './status.ts';

/** @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`, `CONTAINER_RUNNING`, `CONTAINER_UNKILLABLE` */
export async function removeContainer(
  context: EngineContext,
  text: string,
  options: { readonly force?: boolean; readonly volumes?: boolean } = {},
): Promise<void> {
  const record = context.containers.find(text);
  if (statusOf(record) !== 'exited') {
    if (options.force !== true) throw running(text, record);
    await endProcess(text, record);
  }
  await forgetContainer(context, record, { volumes: options.volumes === true });
}

function running(text: string, { id }: ContainerRecord): GockerError {
  return new GockerError('CONTAINER_RUNNING', `cannot remove container "${text}": ${id.slice(0, 12)} is running`, {
    hint: `End it first, or force with "gocker rm -f ${text}".`,
  });
}

/** Its owner notices the end by itself and writes it down, or finds the record gone. */
async function endProcess(text: string, record: ContainerRecord): Promise<void> {
  const { process } = record;
  if (process !== undefined && isAlive(process)) killProcess(process, 'SIGKILL');
  for (let waited = 0; isAlive(process); waited += 10) {
    if (waited > 10_000) {
      throw new GockerError('CONTAINER_UNKILLABLE', `cannot remove container "${text}": it outlives SIGKILL`, {
        hint: 'It may wait for a disk or a network filesystem: see "ps -o state,wchan" of its processes.',
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
