/** `logs`: what a container has written, and goes on to write. */
import { GockerError } from '../../errors/index.ts';
import { type LogRecord, type ReadLogOptions, readLog } from '../../runtime/index.ts';
import { logOf } from '../containers/logging.ts';
import type { ContainerRecord } from '../containers/record.ts';
import { statusOf } from '../containers/status.ts';
import type { EngineContext } from '../context.ts';
import type { LogEntry, LogsOptions } from '../options/logs-options.ts';
import { parseMoment } from '../options/moment.ts';
import { untilEnded } from './until-ended.ts';

/** The longest that a timer of Node's can be set to. */
const LONGEST = 2 ** 31 - 1;

/** @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`, `LOG_UNREADABLE`, `LOG_DAMAGED`, `TIME_INVALID` */
export async function* readLogs(
  context: EngineContext,
  text: string,
  options: LogsOptions,
): AsyncGenerator<readonly LogEntry[]> {
  const record = context.containers.find(text);
  if (record.logging?.driver === 'none') throw unreadable(text);
  const window = windowOf(options);
  const { path } = logOf(context, record);
  const { tail, signal } = options;
  if (options.follow !== true) return yield* entries(path, { ...window, tail, signal });
  const following = new Following(context, record, { until: window.until, signal });
  try {
    yield* entries(path, { ...window, tail, signal, follow: following.over });
  } finally {
    following.close();
  }
}

async function* entries(path: string, options: ReadLogOptions): AsyncGenerator<readonly LogEntry[]> {
  for await (const records of readLog(path, options)) yield records.map(entryOf);
}

function entryOf({ stream, time, bytes }: LogRecord): LogEntry {
  return stream === 'lost' ? { stream, time, count: bytes.readBigUInt64LE() } : { stream, time, bytes };
}

/** How long a log is followed: to the container's end, or to the time that was given. */
class Following {
  readonly #over = new AbortController();
  readonly #closed = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(
    context: EngineContext,
    record: ContainerRecord,
    { until, signal }: { readonly until: bigint | undefined; readonly signal: AbortSignal | undefined },
  ) {
    const end = () => this.#over.abort();
    signal?.addEventListener('abort', () => this.close(), { signal: this.#closed.signal });
    // Of a failure to look, reading says more: the container's files are the same.
    if (statusOf(record) === 'running') untilEnded(context, record, this.#closed.signal).then(end, end);
    else end();
    const left = until === undefined ? Number.POSITIVE_INFINITY : Number(until / 1_000_000n) - Date.now();
    if (left < LONGEST) this.#timer = setTimeout(end, Math.max(0, left));
  }

  get over(): AbortSignal {
    return this.#over.signal;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#closed.abort();
  }
}

function windowOf({ since, until }: LogsOptions) {
  const now = Date.now();
  return {
    since: since === undefined ? undefined : parseMoment(since, '--since', now),
    until: until === undefined ? undefined : parseMoment(until, '--until', now),
  };
}

function unreadable(text: string): GockerError {
  return new GockerError(
    'LOG_UNREADABLE',
    `cannot read the log of container "${text}": configured logging driver does not support reading`,
    { hint: 'It was made with "--log-driver none": see it with "gocker attach" while it runs.' },
  );
}
