/**
 * The end of a container in the journal of events. A monitor that ends alone writes no journal: whoever holds the container's
 * lock next tells what it left, once and with the time at which it was.
 */
import type { EngineContext } from '../context.ts';
import { containerHappening, recordEvent } from '../events/record-event.ts';
import type { ContainerRecord } from './record.ts';

/** Within withContainer(). @returns the record as it is then */
export function tellEnd(context: EngineContext, record: ContainerRecord): ContainerRecord {
  const told = recordEnd(context, record);
  if (told !== record) context.containers.update(told);
  return told;
}

/** Once, and only of one that has ended. @returns the record to be kept; the same where there is nothing to tell */
export function recordEnd(context: EngineContext, record: ContainerRecord): ContainerRecord {
  const { started, finished, exitCode, oomKilled } = record;
  if (started === undefined || finished === undefined || record.endTold === started) return record;
  const microseconds = microsecondsAt(finished);
  if (oomKilled === true) recordEvent(context, containerHappening(record, 'oom', {}), microseconds);
  const execDuration = `${Math.max(0, Math.floor((Date.parse(finished) - Date.parse(started)) / 1000))}`;
  const end = containerHappening(record, 'die', { execDuration, exitCode: `${exitCode ?? ''}` });
  recordEvent(context, end, microseconds);
  return { ...record, endTold: started };
}

/** @param time RFC 3339, with as many digits as there may be @returns microseconds since 1970 */
export function microsecondsAt(time: string): number {
  const [, fraction = ''] = /\.(\d+)/.exec(time) ?? [];
  const seconds = Math.floor(Date.parse(time) / 1000);
  return seconds * 1e6 + Number(fraction.padEnd(6, '0').slice(0, 6));
}
