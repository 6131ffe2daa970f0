/** Reading a container's log: all of it or its end, once or as long as it grows, over its rotated files. */
import { closeSync, fstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { FolderWatch } from './folder-watch.ts';
import { findLastLines, type Place } from './last-lines.ts';
import { closeFiles, type LogFile, openLogFiles, openNextFile } from './log-files.ts';
import { type LogRecord, type PlacedRecord, RecordScanner } from './record-scanner.ts';
import { Selection, type Window } from './selection.ts';
import { endsWhole, soundLength } from './sound-length.ts';

/** Where a log ended once: what came later can be read from there, over any rotation. */
export interface LogPosition {
  readonly inode: number;
  readonly offset: number;
}

export interface ReadLogOptions extends Window {
  /** In place of `tail`. */
  readonly from?: LogPosition | undefined;
  /** How many of the last lines; all where it is left out. */
  readonly tail?: number | undefined;
  /** Go on with what is appended, until this aborts: then what is there is read, and that is the end. */
  readonly follow?: AbortSignal | undefined;
  /** Ends the reading at once. */
  readonly signal?: AbortSignal | undefined;
}

/** Records of one file: its place in the row of all that were read. */
interface Batch {
  readonly records: readonly PlacedRecord[];
  readonly file: number;
}

/**
 * Records in the order in which they were written, as many at a time as there are. Their bytes are valid until the next are
 * asked for. A reader who takes his time holds nobody up, and of files that are rotated away before he comes to them he gets nothing.
 *
 * @param path of the newest file; its folder must be there
 * @throws GockerError `LOG_DAMAGED`
 */
export async function* readLog(path: string, options: ReadLogOptions = {}): AsyncGenerator<readonly LogRecord[]> {
  const { tail, until, signal } = options;
  const reader = new LogReader(path, options);
  try {
    const beginning = tail === undefined ? undefined : findLastLines(reader.lengths(), tail, until);
    const selection = new Selection(beginning, options);
    for await (const { records, file } of reader.batches(beginning?.record ?? reader.placeOf(options.from))) {
      if (signal?.aborted === true) return;
      const taken = selection.take(records, file);
      if (taken.length > 0) yield taken;
      if (selection.isPast) return;
    }
  } finally {
    reader.close();
  }
}

/** The end of what is in the log by now. */
export function logEnd(path: string): LogPosition {
  const files = openLogFiles(path);
  const newest = files.at(-1);
  try {
    return newest === undefined ? beforeAll : { inode: newest.inode, offset: wholeLength(newest.fd) };
  } finally {
    closeFiles(files);
  }
}

const beforeAll: LogPosition = { inode: 0, offset: 0 };

/** A record under way is whole a moment later: the long way is for what was left of one. */
function wholeLength(fd: number): number {
  for (let tries = 0; tries < 20; tries++) {
    const { size } = fstatSync(fd);
    if (size === 0 || endsWhole(fd, size)) return size;
  }
  return soundLength(fd, fstatSync(fd).size);
}

class LogReader {
  readonly #path: string;
  readonly #follow: AbortSignal | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #watch: FolderWatch | undefined;
  readonly #files: LogFile[];
  readonly #end: number;

  constructor(path: string, { follow, signal }: ReadLogOptions) {
    this.#path = path;
    this.#follow = follow;
    this.#signal = signal;
    // Before the first look, so that no change falls between.
    this.#watch = follow === undefined ? undefined : new FolderWatch(dirname(path));
    for (const ending of [follow, signal]) ending?.addEventListener('abort', this.#nudge);
    this.#files = openLogFiles(path);
    const newest = this.#files.at(-1);
    this.#end = newest === undefined ? 0 : fstatSync(newest.fd).size;
  }

  /** The files there are, with the length up to which each can be read backwards. */
  lengths(): (LogFile & { readonly length: number })[] {
    return this.#files.map((file) => ({ ...file, length: wholeLength(file.fd) }));
  }

  /** Of a position whose file is gone: the oldest that is there. */
  placeOf(position: LogPosition = beforeAll): Place {
    const file = this.#files.findIndex(({ inode }) => inode === position.inode);
    return file < 0 ? { file: 0, offset: 0 } : { file, offset: position.offset };
  }

  async *batches(from: Place): AsyncGenerator<Batch> {
    let offset = from.offset;
    for (let index = from.file; ; index++) {
      const file = this.#files[index] ?? (await this.#firstFile());
      if (file === undefined) return;
      const scanner = new RecordScanner(file.fd, offset, file.path);
      offset = 0;
      if (index < this.#files.length - 1) yield* drain(scanner, index);
      else if (this.#watch === undefined) return yield* drain(scanner, index, this.#end);
      else if (!(yield* this.#drainGrowing(scanner, index, this.#watch))) return;
      closeSync(file.fd);
      this.#files[index] = { ...file, fd: -1 };
    }
  }

  close(): void {
    for (const ending of [this.#follow, this.#signal]) ending?.removeEventListener('abort', this.#nudge);
    this.#watch?.close();
    closeFiles(this.#files.filter(({ fd }) => fd >= 0));
  }

  readonly #nudge = (): void => this.#watch?.nudge();

  /** @returns whether there is a next file, which is in the list then */
  async *#drainGrowing(scanner: RecordScanner, index: number, watch: FolderWatch): AsyncGenerator<Batch, boolean> {
    for (;;) {
      await watch.changed();
      if (this.#signal?.aborted === true) return false;
      // Both looked at before what may be the last reading: whoever ended, or began the next file, writes no more to this one.
      const hasEnded = this.#follow?.aborted === true;
      const file = this.#files[index];
      const next = file === undefined ? undefined : openNextFile(this.#path, file);
      if (next !== undefined) this.#files.push(next);
      yield* drain(scanner, index);
      if (next !== undefined) watch.nudge();
      if (next !== undefined || hasEnded) return next !== undefined;
    }
  }

  /** Of a container that has said nothing yet. @returns undefined where it never will */
  async #firstFile(): Promise<LogFile | undefined> {
    while (this.#watch !== undefined) {
      await this.#watch.changed();
      if (this.#signal?.aborted === true) return undefined;
      const hasEnded = this.#follow?.aborted === true;
      this.#files.push(...openLogFiles(this.#path));
      this.#watch.nudge();
      if (this.#files[0] !== undefined || hasEnded) return this.#files[0];
    }
    return undefined;
  }
}

async function* drain(scanner: RecordScanner, file: number, limit?: number): AsyncGenerator<Batch> {
  for (let records = await scanner.next(limit); records.length > 0; records = await scanner.next(limit)) {
    yield { records, file };
  }
}
