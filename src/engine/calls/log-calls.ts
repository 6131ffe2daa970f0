/** What can be asked about what containers write. */
import type { EngineContext } from '../context.ts';
import type { Attached, AttachOptions, OutputPosition } from '../options/attach-options.ts';
import type { Logs, LogsOptions } from '../options/logs-options.ts';

export interface LogCalls {
  /**
   * Reads nothing before it is asked to, nor faster than it is asked: a slow reader holds no container up.
   *
   * @param container name, id or unique prefix of an id
   */
  logs(container: string, options?: LogsOptions): Logs;
  /** Takes part in one that was started detached: its input, and its output from now on. */
  attach(container: string, options?: AttachOptions): Promise<Attached>;
  /** The end of what it has written by now, for attach() to begin with. */
  outputPosition(container: string): Promise<OutputPosition>;
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
    outputPosition: async (text) => (await import('../logs/attach.ts')).outputPosition(context, text),
  };
}
