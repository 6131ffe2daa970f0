/** `events`: what the journal has, and what is added to it. */
import { existsSync, type FSWatcher, mkdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { tellEndOf, tellEnds } from '../containers/tell-ends.ts';
import type { EngineContext } from '../context.ts';
import { parseMoment } from '../options/moment.ts';
import { type EngineEvent, microsecondsOf } from './event.ts';
import { type EventFilters, matchesFilters } from './filter.ts';
import { journalDirectory } from './journal.ts';
import { JournalReader } from './journal-reader.ts';
import { Wake } from './wake.ts';

export interface EventOptions {
  /** From then on: `10m` (that long ago), seconds since 1970, RFC 3339. From now on where left out. */
  readonly since?: string;
  /** Up to then, the same; for ever where left out. */
  readonly until?: string;
  readonly filters?: EventFilters;
  /** Ends the stream when it aborts, with its reason. */
  readonly signal?: AbortSignal;
}

/** setTimeout(2) takes no more milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * In the order of the journal. Ends at `until`.
 *
 * @throws GockerError `TIME_INVALID`; the signal's reason
 */
export async function* watchEvents(context: EngineContext, options: EventOptions = {}): AsyncGenerator<EngineEvent> {
  const now = Date.now();
  const since = options.since === undefined ? undefined : toMicroseconds(options.since, '--since', now);
  const until = options.until === undefined ? Infinity : toMicroseconds(options.until, '--until', now);
  const isWanted = (event: EngineEvent) => {
    const time = microsecondsOf(event);
    return time >= (since ?? 0) && time <= until && matchesFilters(event, options.filters ?? {});
  };
  const { root } = context.directories;
  mkdirSync(journalDirectory(root), { recursive: true, mode: 0o700 });
  await tellEnds(context);
  const wake = new Wake();
  const watchers = [watch(journalDirectory(root), wake.call).on('error', wake.call), watchMarks(context)];
  const reader = new JournalReader(root, since === undefined ? 'end' : 'start');
  options.signal?.addEventListener('abort', wake.call);
  try {
    for (;;) {
      const isOver = Date.now() * 1000 > until;
      // An end may be told later than it was.
      yield* reader
        .read()
        .filter(isWanted)
        .sort((a, b) => a.timeNano - b.timeNano);
      options.signal?.throwIfAborted();
      if (isOver) return;
      const timer = setTimeout(wake.call, Math.min(until / 1000 - Date.now() + 1, LONGEST_TIMER));
      await wake.wait();
      clearTimeout(timer);
    }
  } finally {
    options.signal?.removeEventListener('abort', wake.call);
    for (const watcher of watchers) watcher.close();
    reader.close();
  }
}

/** A monitor that ends alone takes its mark away last, and tells nobody: then we do. */
function watchMarks(context: EngineContext): FSWatcher {
  const marks = join(context.directories.run, 'alive');
  const watcher = watch(marks, (_event, mark) => {
    if (mark === null || existsSync(join(marks, mark))) return;
    const [id = ''] = mark.split('.');
    tellEndOf(context, id).catch((error: unknown) => watcher.emit('error', error));
  });
  return watcher.on('error', (error) => context.warn(`cannot tell of ends: ${error.message}`));
}

function toMicroseconds(text: string, flag: string, now: number): number {
  return Number(parseMoment(text, flag, now) / 1000n);
}
