/** What can be asked about a container's own changes as layers, and about the calls that made it. */
import type { EngineContext } from '../context.ts';
import type { Snapshot, SnapshotOptions } from '../options/snapshot-options.ts';
import type { ExplainedCall } from '../types.ts';

/** Containers by name, id or unique prefix of an id. One that runs is an error unless `stop` stops and starts it again. */
export interface SnapshotCalls {
  /**
   * Freezes what the container has changed as a layer below it: as fast for much as for little, and on the disk once it
   * resolves. Volumes are not part of it.
   *
   * @returns its tag: the given one, else a number above all that there are
   */
  snapshot(container: string, options?: SnapshotOptions & { readonly tag?: string }): Promise<string>;
  /** Throws away what the container has changed since it stood on a snapshot, and has it stand on this one. */
  restore(container: string, tag: string, options?: SnapshotOptions): Promise<void>;
  /** A second container with the same config that goes on from where the first is. It doesn't run. */
  fork(
    container: string,
    options?: SnapshotOptions & { readonly name?: string },
  ): Promise<{ readonly id: string; readonly name: string }>;
  /** Oldest first. */
  snapshots(container: string): Promise<readonly Snapshot[]>;
  removeSnapshot(container: string, tag: string): Promise<void>;
  /** The kernel calls that made a container as it is, or was at last, with their results. */
  explainContainer(container: string): Promise<readonly ExplainedCall[]>;
}

export function snapshotCalls(context: EngineContext): SnapshotCalls {
  return {
    snapshot: async (...args) => (await import('../snapshots/snapshot.ts')).takeSnapshot(context, ...args),
    restore: async (...args) => (await import('../snapshots/restore.ts')).restoreSnapshot(context, ...args),
    fork: async (...args) => (await import('../snapshots/fork.ts')).forkContainer(context, ...args),
    snapshots: async (...args) => (await import('../snapshots/tags.ts')).listSnapshots(context, ...args),
    removeSnapshot: async (...args) => (await import('../snapshots/tags.ts')).removeSnapshot(context, ...args),
    explainContainer: async (...args) =>
      (await import('../containers/calls-file.ts')).explainContainer(context, ...args),
  };
}
