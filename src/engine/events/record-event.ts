/** Telling what happened: one call in each use-case that changes something. */
import type { ContainerRecord } from '../containers/record.ts';
import type { EngineContext } from '../context.ts';
import { type Happening, makeEvent } from './event.ts';
import { appendEvent } from './journal.ts';

/**
 * Never fails what it tells of: where the journal can't be written, that is a warning.
 *
 * @param microseconds when it was, since 1970; now where left out
 */
export function recordEvent(context: EngineContext, happening: Happening, microseconds = tick()): void {
  try {
    appendEvent(context.directories.root, makeEvent(happening, microseconds));
  } catch (error) {
    const { type, action } = happening;
    context.warn(`cannot record event "${type} ${action}": ${(error as Error).message}`);
  }
}

/** @param attributes beside its labels, `image` and `name` */
export function recordContainerEvent(
  context: EngineContext,
  record: Pick<ContainerRecord, 'id' | 'name' | 'image' | 'labels'>,
  action: string,
  attributes: Readonly<Record<string, string>> = {},
): void {
  recordEvent(context, containerHappening(record, action, attributes));
}

export function containerHappening(
  { id, name, image, labels }: Pick<ContainerRecord, 'id' | 'name' | 'image' | 'labels'>,
  action: string,
  attributes: Readonly<Record<string, string>>,
): Happening {
  return { type: 'container', action, id, attributes: { ...labels, ...attributes, image, name } };
}

let last = 0;

/** The clock tells milliseconds: the digits below keep the events of one process in their order. */
function tick(): number {
  const now = Date.now() * 1000;
  last = now === last - (last % 1000) ? last + 1 : now;
  return last;
}
