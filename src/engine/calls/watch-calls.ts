/** What can be asked about what happens: events, and conditions that are waited for. */
import type { EngineContext } from '../context.ts';
import type { EngineEvent } from '../events/event.ts';
import type { EventOptions } from '../events/watch-events.ts';

export interface WatchCalls {
  /**
   * What happens to containers, images and volumes, as docker's events: from `since` or now on, up to `until` or for ever.
   * Those of the last 4 MiB at least are kept.
   *
   * @throws GockerError `TIME_INVALID`; the signal's reason once it aborts
   */
  events(options?: EventOptions): AsyncIterable<EngineEvent>;
}

export function watchCalls(context: EngineContext): WatchCalls {
  return {
    events: async function* (...args) {
      yield* (await import('../events/watch-events.ts')).watchEvents(context, ...args);
    },
  };
}
