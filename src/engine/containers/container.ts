/** The handle of a running container. */
import type { Readable, Writable } from 'node:stream';
import type { ContainerProcess } from '../../runtime/index.ts';
import type { EngineContext } from '../context.ts';
import { explainPlayed } from '../explain.ts';
import type { ConsoleSize, Container, ContainerExit, ExplainedCall, OutputDescriptors } from '../types.ts';
import { keepCallsSoon } from './calls-file.ts';
import { forgetContainer } from './forget.ts';
import type { ContainerRecord } from './record.ts';

export class RunningContainer implements Container {
  readonly id: string;
  readonly name: string;
  readonly #process: ContainerProcess;
  readonly #ended: Promise<ContainerExit>;

  /** @param signal kills the container when it aborts */
  constructor(context: EngineContext, record: ContainerRecord, process: ContainerProcess, signal?: AbortSignal) {
    const store = context.containers;
    this.id = record.id;
    this.name = record.name;
    this.#process = process;
    const { pid, startTime } = process;
    const running = { ...record, started: new Date().toISOString(), process: { pid, startTime } };
    store.update(running);
    const settleCalls = keepCallsSoon(store.directory(record.id), process.calls);
    const abort = () => this.kill('SIGKILL');
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted === true) abort();
    this.#ended = process.exited().then(async (exit) => {
      signal?.removeEventListener('abort', abort);
      settleCalls(!record.autoRemove);
      if (record.autoRemove) await forgetContainer(context, record, { volumes: true });
      else {
        const oom = exit.oomKilled === true ? { oomKilled: true as const } : {};
        store.update({ ...running, finished: new Date().toISOString(), exitCode: exit.exitCode, ...oom });
      }
      store.unmark(record);
      return exit;
    });
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

  explain(): readonly ExplainedCall[] {
    return explainPlayed(this.#process.calls);
  }

  kill(signal: string | number): void {
    this.#process.kill(signal);
  }

  resize(size: ConsoleSize): void {
    this.#process.resize(size);
  }

  wait(): Promise<ContainerExit> {
    return this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill('SIGKILL');
    this.#process.stdout.resume();
    this.#process.stderr.resume();
    await this.#ended;
  }
}
