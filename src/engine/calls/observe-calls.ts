/** What can be asked about what containers use, and may use. */
import type { EngineContext } from '../context.ts';
import type { ContainerStats, StatsOptions, UpdateOptions } from '../options/observe-options.ts';

export interface ObserveCalls {
  /** All measured at one time, again and again. @param names as of containers; none: all that run */
  stats(names?: readonly string[], options?: StatsOptions): AsyncIterable<readonly ContainerStats[]>;
  /** Other limits: at once where it runs, and from its next start on. All of them, or nothing has changed. */
  update(container: string, options: UpdateOptions): Promise<void>;
}

export function observeCalls(context: EngineContext): ObserveCalls {
  return {
    stats: async function* (names = [], options = {}) {
      yield* (await import('../containers/stats.ts')).containerStats(context, names, options);
    },
    update: async (...args) => (await import('../containers/update.ts')).updateContainer(context, ...args),
  };
}
