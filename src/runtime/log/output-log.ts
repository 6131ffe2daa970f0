/** The log of a container that this process looks after itself: both of its outputs, in the order in which they were read. */
import { type LogLimits, LogWriter } from './log-writer.ts';

export interface LogOptions extends LogLimits {
  readonly path: string;
}

export class OutputLog {
  readonly #writer: LogWriter;
  readonly #open = new Set<string>();

  constructor({ path, ...limits }: LogOptions) {
    this.#writer = new LogWriter(path, limits);
  }

  /** One for each output there is; the file is closed when all of them have ended. */
  keeper(stream: 'stdout' | 'stderr'): { write(bytes: Uint8Array): void; end(): void } {
    this.#open.add(stream);
    return {
      write: (bytes) => this.#writer.write(stream, bytes),
      end: () => {
        if (this.#open.delete(stream) && this.#open.size === 0) this.#writer.close();
      },
    };
  }
}
