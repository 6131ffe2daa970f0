/** The handle of a running container. */
import type { Readable, Writable } from 'node:stream';
import { GockerError } from '../../errors/index.ts';
import type { ContainerProcess } from '../../runtime/index.ts';
import type { EngineContext } from '../context.ts';
import { recordContainerEvent } from '../events/record-event.ts';
import { explainPlayed } from '../explain.ts';
import type { ConsoleSize, Container, ContainerExit, ExplainedCall, OutputDescriptors } from '../types.ts';
import { keepCallsSoon } from './calls-file.ts';
import { HandleVerbs } from './container-verbs.ts';
import { hasWitnesses, untilWitnessed } from './exit-witnesses.ts';
import { forgetContainer } from './forget.ts';
import { withContainer } from './lock.ts';
import { leaveNetworks } from './networks.ts';
import type { ContainerRecord } from './record.ts';
import { bootID } from './status.ts';
import { recordEnd } from './tell-end.ts';

export class RunningContainer extends HandleVerbs implements Container {
  readonly #process: ContainerProcess;
  readonly #ended: Promise<ContainerExit>;

  /** @param signal kills the container when it aborts */
  constructor(context: EngineContext, record: ContainerRecord, process: ContainerProcess, signal?: AbortSignal) {
    super(context, record);
    const store = context.containers;
    this.#process = process;
    const { pid, startTime } = process;
    const started = new Date().toISOString();
    store.update({ ...record, kept: true, boot: bootID(), started, process: { pid, startTime } });
    recordContainerEvent(context, record, 'start');
    const settleCalls = keepCallsSoon(store.directory(record.id), process.calls);
    const abort = () => this.kill('SIGKILL');
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted === true) abort();
    this.#ended = process.exited().then(async (exit) => {
      signal?.removeEventListener('abort', abort);
      settleCalls(!record.autoRemove);
      await leaveNetworks(context, record);
      if (record.autoRemove) await vanish(context, record.id, exit);
      else await writeEnd(context, record.id, exit);
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

/** Those who wait for it are told first. */
async function vanish(context: EngineContext, id: string, exit: ContainerExit): Promise<void> {
  const directory = context.containers.directory(id);
  if (hasWitnesses(directory)) {
    await writeEnd(context, id, exit);
    await untilWitnessed(directory);
  }
  const forget = (record: ContainerRecord) => {
    recordEnd(context, record.finished === undefined ? { ...record, ...endOf(exit) } : record);
    return forgetContainer(context, record, { volumes: true });
  };
  await unlessGone(withContainer(context, id, forget));
}

/** On the record as it is now: others may have changed it meanwhile, or removed it. */
async function writeEnd(context: EngineContext, id: string, exit: ContainerExit): Promise<void> {
  const write = (record: ContainerRecord) =>
    context.containers.update(recordEnd(context, { ...record, ...endOf(exit) }));
  await unlessGone(withContainer(context, id, write));
}

function endOf({ exitCode, oomKilled }: ContainerExit): Pick<ContainerRecord, 'finished' | 'exitCode' | 'oomKilled'> {
  return { finished: new Date().toISOString(), exitCode, ...(oomKilled === true ? { oomKilled } : {}) };
}

async function unlessGone(act: Promise<void>): Promise<void> {
  try {
    await act;
  } catch (error) {
    if (!(error instanceof GockerError && error.code === 'CONTAINER_NOT_FOUND')) throw error;
  }
}
