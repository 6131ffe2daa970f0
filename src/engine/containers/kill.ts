/** `kill`: a signal for a container's first process. */
import { GockerError } from '../../errors/index.ts';
import { killProcess, signalNumber } from '../../runtime/index.ts';
import type { EngineContext } from '../context.ts';
import { recordContainerEvent } from '../events/record-event.ts';
import { forceEnd, ownerDone } from './ending.ts';
import { withContainer } from './lock.ts';
import { thaw } from './pause.ts';
import type { ContainerRecord } from './record.ts';
import { statusOf } from './status.ts';

/**
 * After SIGKILL it resolves once the container has ended and nothing of it but its record is left.
 *
 * @param signal `SIGTERM`, `TERM`, `15`; SIGKILL where left out
 * @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`, `CONTAINER_NOT_RUNNING`, `SIGNAL_UNKNOWN`,
 *   `CONTAINER_UNKILLABLE`
 */
export async function killContainer(
  context: EngineContext,
  text: string,
  signal: string | number = 'SIGKILL',
): Promise<void> {
  const number = signalNumber(signal);
  const killed = await withContainer(context, text, (record) => send(context, record, number));
  if (number === signalNumber('SIGKILL')) await forceEnd(context, killed, 'kill');
  else if (killed.finished !== undefined) await ownerDone(context, killed);
}

async function send(context: EngineContext, record: ContainerRecord, number: number): Promise<ContainerRecord> {
  if (statusOf(record) === 'restarting') {
    const asked: ContainerRecord = { ...record, stopping: true };
    context.containers.update(asked);
    return asked;
  }
  if (record.process === undefined || statusOf(record) !== 'running') throw notRunning(record);
  // As docker has it: a signal that is to end it ends it for good, and reaches it at once though it is paused.
  const isEnd = [signalNumber('SIGKILL'), signalNumber(record.stopSignal ?? 'SIGTERM')].includes(number);
  const asked: ContainerRecord = isEnd ? { ...record, stopping: true } : record;
  if (isEnd) context.containers.update(asked);
  if (!killProcess(record.process, number)) throw notRunning(record);
  recordContainerEvent(context, record, 'kill', { signal: `${number}` });
  if (isEnd) await thaw(context, asked);
  return asked;
}

function notRunning({ id, name }: ContainerRecord): GockerError {
  return new GockerError(
    'CONTAINER_NOT_RUNNING',
    `cannot kill container "${name}": container ${id.slice(0, 12)} is not running`,
    { hint: 'See "gocker ps" for those that are.' },
  );
}
