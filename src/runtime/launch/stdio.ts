/** gocker's ends of a container's stdio: streams over pipes, or over the terminal that the container hands over. */
import { closeSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { type Pipe, pipe } from '../../syscall/index.ts';
import type { OutputLog } from '../log/output-log.ts';
import type { inherited } from '../plan/input.ts';
import { copyStream, Output, streamOf } from './output.ts';
import type { TerminalStream } from './terminal-stream.ts';

/** Streams are made when they are first asked for. */
export interface ContainerStreams {
  /** undefined where it is /dev/null. */
  readonly stdin: Writable | undefined;
  readonly stdout: Readable;
  /** Ends at once where there is a terminal: all output is on stdout. */
  readonly stderr: Readable;
  readonly terminal: TerminalStream | undefined;
  /** In place of the streams: all output to descriptors, until it ends. */
  copyOutput(to: OutputDescriptors): Promise<void>;
  /** To be called when the container has ended: keeps what nobody has read, and nothing open for it. */
  settle(): Promise<void>;
}

export interface OutputDescriptors {
  readonly stdout: number;
  readonly stderr: number;
}

/** Pipes between the launch's two sides; whatever was not made a stream is closed by `close`. */
export class StdioPipes {
  readonly #pipes = new Map<string, Pipe>();
  readonly #open = new Set<number>();

  /** @throws SyscallError EMFILE */
  constructor(names: readonly (keyof typeof inherited)[]) {
    try {
      for (const name of names) {
        const made = pipe();
        this.#pipes.set(name, made);
        this.#open.add(made.reader).add(made.writer);
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The container's ends by their names in the plan. */
  get given(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      [...this.#pipes].map(([name, { reader, writer }]) => [name, name === 'stdin' ? reader : writer]),
    );
  }

  /** gocker's ends by the names of the pipes; they stay this object's to close. */
  get own(): Readonly<Partial<Record<keyof typeof inherited, number>>> {
    return Object.fromEntries(
      [...this.#pipes].map(([name, { reader, writer }]) => [name, name === 'stdin' ? writer : reader]),
    );
  }

  /** Once the container has them: else its end would never be seen. */
  closeGiven(): void {
    for (const fd of Object.values(this.given)) this.#close(fd);
  }

  streams(log?: OutputLog): ContainerStreams {
    const stdout = new Output(this.#take('stdout'), log?.keeper('stdout'));
    const stderr = new Output(this.#take('stderr'), log?.keeper('stderr'));
    return {
      stdin: this.#pipes.has('stdin') ? openInput(this.#take('stdin')) : undefined,
      get stdout() {
        return stdout.stream;
      },
      get stderr() {
        return stderr.stream;
      },
      terminal: undefined,
      copyOutput: async (to) => {
        await Promise.all([stdout.copyTo(to.stdout), stderr.copyTo(to.stderr)]);
      },
      settle: async () => {
        await Promise.all([stdout.settle(), stderr.settle()]);
      },
    };
  }

  close(): void {
    for (const fd of this.#open) this.#close(fd);
  }

  /** Our end, which is somebody else's to close from here on. */
  #take(name: 'stdin' | 'stdout' | 'stderr'): number {
    const made = this.#pipes.get(name);
    const fd = (name === 'stdin' ? made?.writer : made?.reader) ?? -1;
    this.#open.delete(fd);
    return fd;
  }

  #close(fd: number): void {
    if (this.#open.delete(fd)) closeSync(fd);
  }
}

/** A stream that owns the writing end of a pipe. */
export function openInput(fd: number): Writable {
  const { Socket } = process.getBuiltinModule('node:net');
  const input = new Socket({ fd, readable: false, writable: true });
  // A program need not read what it is given: EPIPE is no failure, and must not end whoever listens for none.
  return input.on('error', () => {});
}

/** @param fd gocker's side of the terminal, which the stream owns from here on */
export async function terminalStreams(fd: number, stdin: 'pipe' | 'null', log?: OutputLog): Promise<ContainerStreams> {
  const { TerminalStream } = await import('./terminal-stream.ts');
  const terminal = new TerminalStream(fd, log?.keeper('stdout'));
  return {
    stdin: stdin === 'pipe' ? terminal : undefined,
    stdout: terminal,
    stderr: streamOf(undefined),
    terminal,
    copyOutput: (to) => copyStream(terminal, to.stdout),
    settle: async () => {},
  };
}
