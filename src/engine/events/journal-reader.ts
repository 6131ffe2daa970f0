/** The journal as it grows: each read gives what was appended since the last, over a rotation too. */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { EngineEvent } from './event.ts';
import { journalPaths, parseEvents } from './journal.ts';

const CHUNK = 64 * 1024;

interface OpenFile {
  readonly fd: number;
  readonly inode: number;
  /** What was read of a line that is not whole yet. */
  rest: string;
}

export class JournalReader {
  readonly #present: string;
  /** Oldest first: the one before the present file stays open, since a writer may have opened it before it was renamed. */
  #files: OpenFile[];

  /** @param from `start`: of the older file; `end`: only what is appended from now on */
  constructor(root: string, from: 'start' | 'end') {
    const [former, present] = journalPaths(root);
    this.#present = present;
    this.#files = [former, present].flatMap((path) => openIfThere(path) ?? []);
    if (from === 'end') this.#skip();
  }

  read(): EngineEvent[] {
    const events = this.#files.flatMap(readOn);
    for (let fresh = this.#openFresh(); fresh !== undefined; fresh = this.#openFresh()) {
      this.#files.push(fresh);
      events.push(...readOn(fresh));
    }
    for (const { fd } of this.#files.slice(0, -2)) closeSync(fd);
    this.#files = this.#files.slice(-2);
    return events;
  }

  close(): void {
    for (const { fd } of this.#files.splice(0)) closeSync(fd);
  }

  #skip(): void {
    for (const file of this.#files) while (readChunk(file).length > 0);
    for (const file of this.#files) file.rest = '';
  }

  #openFresh(): OpenFile | undefined {
    const inode = statSync(this.#present, { throwIfNoEntry: false })?.ino;
    if (inode === undefined || this.#files.some((file) => file.inode === inode)) return undefined;
    return openIfThere(this.#present);
  }
}

function openIfThere(path: string): OpenFile | undefined {
  try {
    const fd = openSync(path, 'r');
    return { fd, inode: fstatSync(fd).ino, rest: '' };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function readOn(file: OpenFile): EngineEvent[] {
  const chunks: Buffer[] = [Buffer.from(file.rest, 'latin1')];
  for (let chunk = readChunk(file); chunk.length > 0; chunk = readChunk(file)) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const end = bytes.lastIndexOf('\n') + 1;
  file.rest = bytes.toString('latin1', end);
  return parseEvents(bytes.toString('utf8', 0, end));
}

function readChunk({ fd }: OpenFile): Buffer {
  const chunk = Buffer.alloc(CHUNK);
  return chunk.subarray(0, readSync(fd, chunk));
}
