/**
 * Which bytes of a log's records are asked for. A line is as old as the record that its first byte stands in: lines that begin
 * before `since` are left out to their end, so that none comes torn.
 */
import type { Beginning, Place } from './last-lines.ts';
import type { LogStream } from './record-format.ts';
import type { LogRecord, PlacedRecord } from './record-scanner.ts';

const NEWLINE = 10;

export interface Window {
  /** Nanoseconds since the epoch; both ends are within. */
  readonly since?: bigint | undefined;
  readonly until?: bigint | undefined;
}

export class Selection {
  readonly #beginning: Beginning | undefined;
  readonly #window: Window;
  /** Streams within a line that began before `since`. */
  readonly #skipped = new Set<LogStream>();
  #isPast = false;

  constructor(beginning: Beginning | undefined, window: Window) {
    this.#beginning = beginning;
    this.#window = window;
  }

  /** A record later than `until` was seen: nothing else is asked for. */
  get isPast(): boolean {
    return this.#isPast;
  }

  /** Records in order, and of each what is asked for. @param file their file's place in the list that the beginning is of */
  take(records: readonly PlacedRecord[], file: number): readonly LogRecord[] {
    const { until } = this.#window;
    const taken: LogRecord[] = [];
    for (const record of records) {
      this.#isPast ||= until !== undefined && record.time > until;
      if (this.#isPast) break;
      const bytes = this.#since(record, this.#begun(record, file));
      if (bytes.length > 0) taken.push(bytes === record.bytes ? record : { ...record, bytes });
    }
    return taken;
  }

  #begun({ stream, bytes, offset }: PlacedRecord, file: number): Buffer {
    if (this.#beginning === undefined) return bytes;
    const first: Place = this.#beginning.streams[stream];
    if (file !== first.file) return file < first.file ? bytes.subarray(bytes.length) : bytes;
    return first.offset <= offset ? bytes : bytes.subarray(Math.min(first.offset - offset, bytes.length));
  }

  #since({ stream, time }: PlacedRecord, bytes: Buffer): Buffer {
    const { since } = this.#window;
    if (since === undefined || stream === 'lost' || bytes.length === 0) return bytes;
    if (time < since) {
      if (bytes.at(-1) === NEWLINE) this.#skipped.delete(stream);
      else this.#skipped.add(stream);
      return bytes.subarray(bytes.length);
    }
    if (!this.#skipped.has(stream)) return bytes;
    const newline = bytes.indexOf(NEWLINE);
    if (newline >= 0) this.#skipped.delete(stream);
    return newline < 0 ? bytes.subarray(bytes.length) : bytes.subarray(newline + 1);
  }
}
