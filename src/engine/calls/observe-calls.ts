/** What can be asked about what containers use, and may use. */
import type { EngineContext } from '../context.ts';
import type { ContainerStats, StatsOptions, UpdateOptions } from '../options/observe-options.ts';
import type { DiskUsage, ImagesPruned, PruneImagesOptions } from '../options/usage-options.ts';

export interface ObserveCalls {
  /** All measured at one time, again and again. @param names as of containers; none: all that run */
  stats(names?: readonly string[], options?: StatsOptions): AsyncIterable<readonly ContainerStats[]>;
  /** Other limits: at once where it runs, and from its next start on. All of them, or nothing has changed. */
  update(container: string, options: UpdateOptions): Promise<void>;
  /** What images, containers and volumes take up on the disk. */
  diskUsage(): Promise<DiskUsage>;
  /** Removes the images without a name; with `all`, those that no container is of. */
  pruneImages(options?: PruneImagesOptions): Promise<ImagesPruned>;
}

export function observeCalls(context: EngineContext): ObserveCalls {
  return {
    stats: async function* (names = [], options = {}) {
      yield* (await import('../containers/stats.ts')).containerStats(context, names, options);
    },
    diskUsage: async () => (await import('../disk-usage.ts')).diskUsage(context),
    pruneImages: async (...args) => (await import('../images/prune.ts')).pruneImages(context, ...args),
    update: async (...args) => (await import('../containers/update.ts')).updateContainer(context, ...args),
  };
}
