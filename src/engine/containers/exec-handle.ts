/** The handle of a process that has joined a container. */
import type { Readable, Writable } from 'node:stream';
import type { ContainerProcess } from '../../runtime/index.ts';
import type { ConsoleSize, Exec, ExecExit, OutputDescriptors } from '../types.ts';

export class RunningExec implements Exec {
  readonly id: string;
  readonly #process: ContainerProcess;
  readonly #ended: Promise<ExecExit>;

  /** @param signal kills the process when it aborts */
  constructor(id: string, process: ContainerProcess, signal?: AbortSignal) {
    this.id = id;
    this.#process = process;
    const abort = () => this.kill('SIGKILL');
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted === true) abort();
    this.#ended = process.exited().finally(() => signal?.removeEventListener('abort', abort));
    // Whoever waits gets the error; nobody has to wait.
    this.#ended.catch(() => {});
  }

  get pid(): number {
    return this.#process.pid;
  }

  get stdin(): Writable | undefined {
    return this.#process.stdin;
  }

  get stdout(): Readable {
    return this.#process.stdout;
  }

  get stderr(): Readable {
    return this.#process.stderr;
  }

  copyOutput(to: OutputDescriptors): Promise<void> {
    return this.#process.copyOutput(to);
  }

  kill(signal: string | number): void {
    this.#process.kill(signal);
  }

  resize(size: ConsoleSize): void {
    this.#process.resize(size);
  }

  wait(): Promise<ExecExit> {
    return this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill('SIGKILL');
    this.#process.stdout.resume();
    this.#process.stderr.resume();
    await this.#ended;
  }
}
