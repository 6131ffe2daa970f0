/** gocker's ends of a container's stdio: streams over pipes, or over the terminal that the container hands over. */
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { Readable, type Writable } from 'node:stream';
import { type Pipe, pipe } from '../../syscall/index.ts';
import type { inherited } from '../plan/input.ts';
import { TerminalStream } from './terminal-stream.ts';

export interface ContainerStreams {
  /** undefined where it is /dev/null. */
  readonly stdin: Writable | undefined;
  readonly stdout: Readable;
  /** Ends at once where there is a terminal: all output is on stdout. */
  readonly stderr: Readable;
  readonly terminal: TerminalStream | undefined;
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

  /** Once the container has them: else its end would never be seen. */
  closeGiven(): void {
    for (const fd of Object.values(this.given)) this.#close(fd);
  }

  streams(): ContainerStreams {
    return {
      stdin: this.#socket('stdin', { writable: true, readable: false }),
      stdout: this.#socket('stdout', { readable: true, writable: false }) ?? Readable.from([]),
      stderr: this.#socket('stderr', { readable: true, writable: false }) ?? Readable.from([]),
      terminal: undefined,
    };
  }

  close(): void {
    for (const fd of this.#open) this.#close(fd);
  }

  #socket(name: string, direction: { readonly readable: boolean; readonly writable: boolean }): Socket | undefined {
    const made = this.#pipes.get(name);
    if (made === undefined) return undefined;
    const fd = direction.readable ? made.reader : made.writer;
    this.#open.delete(fd);
    const socket = new Socket({ fd, ...direction });
    // A program need not read what it is given: EPIPE is no failure, and must not end whoever listens for none.
    if (direction.writable) socket.on('error', () => {});
    return socket;
  }

  #close(fd: number): void {
    if (this.#open.delete(fd)) closeSync(fd);
  }
}

/** @param fd gocker's side of the terminal, which the stream owns from here on */
export function terminalStreams(fd: number, stdin: 'pipe' | 'null'): ContainerStreams {
  const terminal = new TerminalStream(fd);
  return { stdin: stdin === 'pipe' ? terminal : undefined, stdout: terminal, stderr: Readable.from([]), terminal };
}
