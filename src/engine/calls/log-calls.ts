/** What can be asked about what containers write. */

import type { StartOptions } from '../containers/start.ts';
import type { EngineContext } from '../context.ts';
import type { Attached, AttachOptions } from '../options/attach-options.ts';
import type { Logs, LogsOptions } from '../options/logs-options.ts';
import type { RunOptions } from '../options/run-options.ts';

export interface LogCalls {
  /**
   * Reads nothing before it is asked to, nor faster than it is asked: a slow reader holds no container up.
   *
   * @param container name, id or unique prefix of an id
   */
  logs(container: string, options?: LogsOptions): Logs;
  /** Takes part in one that was started detached: its input, and its output from now on. */
  attach(container: string, options?: AttachOptions): Promise<Attached>;
  /** As `runDetached`, and takes part from the first byte on; it may have ended already. */
  runAttached(options: RunOptions & Omit<AttachOptions, 'from'>): Promise<Attached>;
  /** As `start`, and takes part from the first byte on; it may have ended already. */
  startAttached(container: string, options?: StartOptions & Omit<AttachOptions, 'from'>): Promise<Attached>;
}

export function logCalls(context: EngineContext): LogCalls {
  return {
    logs: (container, options = {}) => ({
      batches: async function* () {
        yield* (await import('../logs/read-logs.ts')).readLogs(context, container, options);
      },
      async *[Symbol.asyncIterator]() {
        for await (const entries of this.batches()) {
          for (const entry of entries) {
            yield entry.stream === 'lost' ? entry : { ...entry, bytes: Buffer.from(entry.bytes) };
          }
        }
      },
    }),
    attach: async (...args) => (await import('../logs/attach.ts')).attach(context, ...args),
    runAttached: async (...args) => (await import('../logs/start-attached.ts')).runAttached(context, ...args),
    startAttached: async (...args) => (await import('../logs/start-attached.ts')).startAttached(context, ...args),
  };
}
