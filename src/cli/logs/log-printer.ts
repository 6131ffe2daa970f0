/** Entries of a log on our own outputs: bytes as they are, or each line with what is asked for before it. */
import type { LogEntry, LogOutput } from '../../engine/index.ts';
import type { Sink } from '../sink.ts';

export interface PrintOptions {
  readonly timestamps: boolean;
  /** Before each line, after its time. */
  readonly details: string | undefined;
}

type Stream = LogOutput['stream'];

const NEWLINE = 10;

export class LogPrinter {
  readonly #sinks: Readonly<Record<Stream, Sink>>;
  readonly #options: PrintOptions;
  /** Streams whose last byte was no newline. */
  readonly #within = new Set<Stream>();

  constructor(sinks: Readonly<Record<Stream, Sink>>, options: PrintOptions) {
    this.#sinks = sinks;
    this.#options = options;
  }

  /** What goes to one output in a row is written at once. */
  print(entries: readonly LogEntry[]): void {
    let row: Buffer[] = [];
    let stream: Stream = 'stdout';
    const flush = (next: Stream) => {
      if (row.length > 0)
        this.#sinks[stream].write(row.length === 1 && row[0] !== undefined ? row[0] : Buffer.concat(row));
      row = [];
      stream = next;
    };
    for (const entry of entries) {
      if (entry.stream === 'lost') {
        flush('stderr');
        row.push(
          Buffer.from(`warning: ${entry.count} bytes of output are missing here: the log had no room for them\n`),
        );
        continue;
      }
      if (entry.stream !== stream) flush(entry.stream);
      row.push(...this.#linesOf(entry));
    }
    flush('stdout');
  }

  #linesOf({ stream, time, bytes }: LogOutput): Buffer[] {
    const { timestamps, details } = this.#options;
    if (!timestamps && details === undefined) return [bytes];
    const prefix = Buffer.from(
      `${timestamps ? `${formatTime(time)} ` : ''}${details === undefined ? '' : `${details} `}`,
    );
    const parts: Buffer[] = [];
    for (let start = 0; start < bytes.length; ) {
      const newline = bytes.indexOf(NEWLINE, start);
      const end = newline < 0 ? bytes.length : newline + 1;
      if (!this.#within.has(stream)) parts.push(prefix);
      parts.push(bytes.subarray(start, end));
      if (newline < 0) this.#within.add(stream);
      else this.#within.delete(stream);
      start = end;
    }
    return parts;
  }
}

/** RFC 3339 with nine digits, as docker prints it: `2025-01-31T12:00:00.000000001Z`. */
function formatTime(time: bigint): string {
  const fraction = `${time % 1_000_000_000n}`.padStart(9, '0');
  const seconds = new Date(Number(time / 1_000_000n));
  return Number.isNaN(seconds.getTime()) ? `${time}ns` : `${seconds.toISOString().slice(0, 19)}.${fraction}Z`;
}
