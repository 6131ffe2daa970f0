/** `attach`: what a container writes from now on, by its log; what it reads, by its monitor's own descriptors. */
import type { Writable } from 'node:stream';
import { GockerError } from '../../errors/index.ts';
import {
  copyLog,
  killProcess,
  type LogPosition,
  logEnd,
  type MonitorEnds,
  readLog,
  takeEnds,
} from '../../runtime/index.ts';
import { errnoNumber, SyscallError } from '../../syscall/index.ts';
import { witnessExit } from '../containers/exit-witnesses.ts';
import { logOf } from '../containers/logging.ts';
import type { ContainerRecord } from '../containers/record.ts';
import { statusOf } from '../containers/status.ts';
import type { EngineContext } from '../context.ts';
import type { Attached, AttachOptions, OutputPosition } from '../options/attach-options.ts';
import type { ConsoleSize, ContainerExit, OutputDescriptors } from '../types.ts';
import { untilEnded } from './until-ended.ts';

/**
 * @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`, `CONTAINER_NOT_RUNNING`, `CONTAINER_PAUSED`,
 *   `CONTAINER_ATTENDED`, `MONITOR_GONE`
 */
export async function attach(context: EngineContext, text: string, options: AttachOptions = {}): Promise<Attached> {
  const record = context.containers.find(text);
  checkAttachable(record, text);
  const { monitor, owner } = record;
  if (monitor === undefined) throw attended(record, text);
  const { path } = logOf(context, record);
  const from = options.from ?? logEnd(path);
  // Whoever removes it at its end waits until we have seen how it ended.
  const release = witnessExit(context.containers.directory(record.id));
  try {
    return new AttachedContainer(context, record, {
      ends: await takeEnds(owner, monitor),
      path,
      from,
      release,
      options,
    });
  } catch (error) {
    release();
    throw error;
  }
}

/**
 * Takes part in one that was started a moment ago, with all that it has written since, though it may have ended already.
 *
 * @param release of a witness to its exit, who was there before the start
 * @throws SyscallError
 */
export async function attachStarted(
  context: EngineContext,
  id: string,
  {
    from,
    release,
    options,
  }: { readonly from: OutputPosition; readonly release: () => void; readonly options: AttachOptions },
): Promise<Attached> {
  const record = context.containers.get(id, id);
  const { path } = logOf(context, record);
  return new AttachedContainer(context, record, { ends: await endsOf(record), path, from, release, options });
}

/** Its monitor may be gone by now, or have become another program. */
async function endsOf({ owner, monitor, finished }: ContainerRecord): Promise<MonitorEnds> {
  try {
    if (monitor !== undefined && finished === undefined) return await takeEnds(owner, monitor);
  } catch (error) {
    const isGone = error instanceof GockerError && error.code === 'MONITOR_GONE';
    if (!isGone && !(error instanceof SyscallError && error.errno === errnoNumber('EBADF'))) throw error;
  }
  return { stdin: undefined, terminal: undefined, closeStdin: () => {}, close: () => {} };
}

interface Parts {
  readonly ends: MonitorEnds;
  readonly path: string;
  readonly from: LogPosition;
  readonly release: () => void;
  readonly options: AttachOptions;
}

class AttachedContainer implements Attached {
  readonly id: string;
  readonly name: string;
  readonly tty: boolean;
  readonly stdin: Writable | undefined;
  readonly #record: ContainerRecord;
  readonly #parts: Parts;
  readonly #ended: Promise<ContainerExit>;
  readonly #over = new AbortController();
  readonly #left = new AbortController();

  constructor(context: EngineContext, record: ContainerRecord, parts: Parts) {
    this.id = record.id;
    this.name = record.name;
    this.tty = record.tty;
    this.#record = record;
    this.#parts = parts;
    const { ends, options } = parts;
    const input = ends.stdin ?? (record.interactive === true ? ends.terminal : undefined);
    this.stdin = options.stdin === false ? undefined : input;
    if (options.closeStdin === true) ends.stdin?.once('finish', () => ends.closeStdin());
    this.#ended = this.#end(context);
    // Whoever waits gets the error; nobody has to wait.
    this.#ended.catch(() => {});
  }

  async copyOutput(to: OutputDescriptors): Promise<void> {
    const { path, from } = this.#parts;
    await copyLog(readLog(path, { from, follow: this.#over.signal, signal: this.#left.signal }), to);
  }

  kill(signal: string | number): void {
    if (this.#record.process !== undefined) killProcess(this.#record.process, signal);
  }

  resize(size: ConsoleSize): void {
    this.#parts.ends.terminal?.resize(size);
  }

  wait(): Promise<ContainerExit> {
    return this.#ended;
  }

  [Symbol.dispose](): void {
    if (this.#left.signal.aborted) return;
    this.#left.abort();
    this.#parts.ends.close();
    this.#parts.release();
  }

  async #end(context: EngineContext): Promise<ContainerExit> {
    try {
      await untilEnded(context, this.#record, this.#left.signal);
      return exitOf(context, this.#record);
    } finally {
      this.#over.abort();
    }
  }
}

/** 137 where nobody knows: its monitor was killed, and it with that, or it was removed by force. */
function exitOf(context: EngineContext, { id, process }: ContainerRecord): ContainerExit {
  try {
    const record = context.containers.get(id, id);
    const isSame = record.process?.startTime === process?.startTime;
    const oom = isSame && record.oomKilled === true ? { oomKilled: true as const } : {};
    return { exitCode: (isSame ? record.exitCode : undefined) ?? 137, ...oom };
  } catch (error) {
    if (error instanceof GockerError && error.code === 'CONTAINER_NOT_FOUND') return { exitCode: 137 };
    throw error;
  }
}

/** In docker's words. */
function checkAttachable(record: ContainerRecord, text: string): void {
  if (statusOf(record) !== 'running') {
    throw new GockerError('CONTAINER_NOT_RUNNING', 'You cannot attach to a stopped container, start it first', {
      hint: `"gocker start -a ${text}" does both.`,
    });
  }
  if (record.paused !== true) return;
  throw new GockerError('CONTAINER_PAUSED', 'You cannot attach to a paused container, unpause it first', {
    hint: `Let it go on with "gocker unpause ${text}".`,
  });
}

function attended({ owner }: ContainerRecord, text: string): GockerError {
  const message = `cannot attach to container "${text}": it is in the foreground of another gocker, process ${owner.pid}`;
  return new GockerError('CONTAINER_ATTENDED', message, {
    hint: `See what it writes with "gocker logs -f ${text}"; one that was started with -d can be attached to.`,
  });
}
