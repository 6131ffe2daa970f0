/**
 * Where the last N lines of a log begin. Lines are counted in the order of their last bytes, as docker counts them, and one that
 * has no end yet counts too. Each stream has its own beginning, since a line may begin long before others that ended earlier.
 */
import type { LogFile } from './log-files.ts';
import { HEADER_BYTES, type LogStream } from './record-format.ts';
import { recordsBackwards } from './records-backwards.ts';

/** A byte of the log: which of the files (by its place in the list), and where in it. */
export interface Place {
  readonly file: number;
  readonly offset: number;
}

export interface Beginning {
  /** The record to read on from. */
  readonly record: Place;
  /** The first byte of each stream that belongs to the lines. */
  readonly streams: Readonly<Record<LogStream, Place>>;
}

const NEWLINE = 10;

/** How far back a line is looked for whose stream says nothing else for long: it may well be the first of its stream. */
const FARTHEST = 4 * 1024 * 1024;

/**
 * @param files oldest first, each with the length that is to be looked at
 * @param until lines of later records are not counted
 */
export function findLastLines(
  files: readonly (LogFile & { readonly length: number })[],
  lines: number,
  until: bigint | undefined,
): Beginning {
  const count = new LineCount(lines);
  const end: Place = { file: Math.max(0, files.length - 1), offset: files.at(-1)?.length ?? 0 };
  const beginning = (record: Place) => ({
    record,
    streams: { stdout: end, stderr: end, lost: record, ...count.begun },
  });
  let record = end;
  let searched = 0;
  for (const [file, { fd, length }] of [...files.entries()].reverse()) {
    for (const { bytes, offset, stream, time } of recordsBackwards(fd, length)) {
      if (count.isComplete || searched > FARTHEST) return beginning(record);
      if (stream === 'lost' || (until !== undefined && time > until)) continue;
      if (count.add(stream, bytes, { file, offset })) record = { file, offset: offset - HEADER_BYTES };
      searched = count.isFull ? searched + bytes.length : 0;
    }
  }
  return beginning(record);
}

/** Fed with the records from the last to the first. */
class LineCount {
  readonly begun: Partial<Record<LogStream, Place>> = {};
  /** Streams within a line that counts, whose beginning is still to be seen. */
  readonly #open = new Set<LogStream>();
  readonly #seen = new Set<LogStream>();
  #missing: number;

  constructor(lines: number) {
    this.#missing = lines;
  }

  get isFull(): boolean {
    return this.#missing === 0;
  }

  get isComplete(): boolean {
    return this.isFull && this.#open.size === 0;
  }

  /** @returns whether any of it belongs to the lines */
  add(stream: LogStream, bytes: Buffer, { file, offset }: Place): boolean {
    if (bytes.length === 0) return false;
    if (!this.#seen.has(stream)) {
      this.#seen.add(stream);
      if (bytes.at(-1) !== NEWLINE) this.#begin(stream);
    }
    let isWanted = false;
    for (let end = bytes.length; ; ) {
      const newline = end === 0 ? -1 : bytes.lastIndexOf(NEWLINE, end - 1);
      if (this.#open.has(stream) && newline + 1 < end) {
        isWanted = true;
        this.begun[stream] = { file, offset: offset + newline + 1 };
      }
      if (newline < 0) return isWanted;
      this.#open.delete(stream);
      if (this.#begin(stream)) {
        isWanted = true;
        // An empty line is its newline alone.
        this.begun[stream] = { file, offset: offset + newline };
      }
      end = newline;
    }
  }

  /** Of a line, seen from its end. @returns false where enough were counted */
  #begin(stream: LogStream): boolean {
    if (this.#missing === 0) return false;
    this.#missing -= 1;
    this.#open.add(stream);
    return true;
  }
}
