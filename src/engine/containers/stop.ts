/** `stop`: a container is asked to end, and after a while made to. */
import { killProcess, signalNumber } from '../../runtime/index.ts';
import type { EngineContext } from '../context.ts';
import { recordContainerEvent } from '../events/record-event.ts';
import type { StopOptions } from '../options/lifecycle-options.ts';
import { endsWithin, forceEnd, ownerDone } from './ending.ts';
import { withContainer } from './lock.ts';
import { thaw } from './pause.ts';
import type { ContainerRecord } from './record.ts';
import { statusOf } from './status.ts';
import { tellEndOf } from './tell-ends.ts';

/** Seconds, where nobody says. */
const PATIENCE = 10;

/**
 * Resolves once it has ended and nothing of it but its record is left. One that doesn't run stays as it is.
 *
 * @param text name, id or unique prefix of an id
 * @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`, `SIGNAL_UNKNOWN`, `CONTAINER_UNKILLABLE`
 */
export async function stopContainer(context: EngineContext, text: string, options: StopOptions = {}): Promise<void> {
  if (options.signal !== undefined) signalNumber(options.signal);
  const asked = await withContainer(context, text, (record) => ask(context, record, options));
  if (asked === undefined) return;
  const seconds = options.timeout ?? asked.stopTimeout ?? PATIENCE;
  const within = seconds < 0 ? Number.POSITIVE_INFINITY : seconds * 1000;
  if (await endsWithin(asked.process, within)) await ownerDone(context, asked);
  else {
    recordContainerEvent(context, asked, 'kill', { signal: '9' });
    await forceEnd(context, asked, 'stop');
  }
  await tellEndOf(context, asked.id);
  if (asked.finished === undefined) recordContainerEvent(context, asked, 'stop');
}

/** The wish is written down before the signal: whoever sees the end knows then that it was wished for. */
async function ask(
  context: EngineContext,
  record: ContainerRecord,
  { signal }: StopOptions,
): Promise<ContainerRecord | undefined> {
  if (record.process === undefined) return undefined;
  const asked: ContainerRecord = { ...record, stopping: true };
  const runs = statusOf(record) === 'running';
  // One that has just ended may still have an owner who would start it again.
  if (!runs && !context.containers.isMarked(record)) return undefined;
  context.containers.update(asked);
  if (runs) {
    const number = signalNumber(signal ?? record.stopSignal ?? 'SIGTERM');
    killProcess(record.process, number);
    recordContainerEvent(context, record, 'kill', { signal: `${number}` });
    await thaw(context, asked);
  }
  return asked;
}
