/** What can be asked about what happens: events, and conditions that are waited for. */
import type { HealthCheckOptions } from '../containers/health/check-health.ts';
import type { ReadyOptions } from '../containers/until-ready.ts';
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
  /**
   * Resolves once the container is healthy or, where nothing checks that, once it runs.
   *
   * @param container name, id or unique prefix of an id
   * @throws GockerError `CONTAINER_NOT_READY` where it is unhealthy, has ended or took too long; the signal's reason
   */
  untilReady(container: string, options?: ReadyOptions): Promise<void>;
  /** Runs its health check once, and keeps the result. Nothing happens where it doesn't run, or is being checked already. */
  checkHealth(container: string, options?: HealthCheckOptions): Promise<void>;
  /** For a monitor whose container has ended, in its own process: removes it or starts it again, as it was asked for. */
  monitorEnded(container: string): Promise<void>;
}

export function watchCalls(context: EngineContext): WatchCalls {
  return {
    events: async function* (...args) {
      yield* (await import('../events/watch-events.ts')).watchEvents(context, ...args);
    },
    untilReady: async (...args) => (await import('../containers/until-ready.ts')).untilReady(context, ...args),
    checkHealth: async (...args) =>
      (await import('../containers/health/check-health.ts')).checkHealth(context, ...args),
    monitorEnded: async (...args) => (await import('../containers/ended.ts')).containerEnded(context, ...args),
  };
}
