/**
 * Appends to a container's log, for a gocker that is the container's parent itself. The rules are the monitor's: a record is
 * whole or not there, bytes that could not be kept are counted and told by the next record that fits, and none is split over files.
 */
import { closeSync, constants, fstatSync, ftruncateSync, openSync, renameSync, unlinkSync, writevSync } from 'node:fs';
import { formatHeader, formatTrailer, LARGEST_DATA, type LogStream } from './record-format.ts';
import { soundLength } from './sound-length.ts';

export interface LogLimits {
  /** Bytes, above which a file gets no further record. Nothing is limited where it is left out. */
  readonly maxSize?: number;
  /** `log`, `log.1` …: how many files there may be; 1 where left out. */
  readonly maxFiles?: number;
}

const LOST_BYTES = 8;

export class LogWriter {
  readonly #path: string;
  readonly #limits: LogLimits;
  #fd: number | undefined;
  #size = 0;
  #lost = 0n;

  /** Makes nothing: the file is opened by the first record, so that a container that says nothing costs nothing. */
  constructor(path: string, limits: LogLimits = {}) {
    this.#path = path;
    this.#limits = limits;
  }

  /** Never throws: where a log can't be written, its container goes on. */
  write(stream: 'stdout' | 'stderr', bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length; start += LARGEST_DATA) {
      this.#keep(stream, bytes.subarray(start, start + LARGEST_DATA));
    }
  }

  /** A loss that no record could tell is told now, if there is room. */
  close(): void {
    if (this.#lost > 0n) this.#append([]);
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #keep(stream: 'stdout' | 'stderr', data: Uint8Array): void {
    if (!this.#append(frame(stream, data))) this.#lost += BigInt(data.length);
  }

  /** @returns false where it did not fit, and nothing of it is there then */
  #append(record: readonly Uint8Array[]): boolean {
    const parts = this.#lost === 0n ? record : [...frame('lost', count(this.#lost)), ...record];
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    try {
      const fd = this.#openFor(length);
      const written = writevSync(fd, parts);
      if (written !== length) {
        ftruncateSync(fd, this.#size);
        return false;
      }
    } catch {
      return false;
    }
    this.#size += length;
    this.#lost = 0n;
    return true;
  }

  /** The file that has room for so many bytes; one that is empty takes a record of any length. */
  #openFor(length: number): number {
    this.#fd ??= this.#open();
    const { maxSize } = this.#limits;
    if (maxSize === undefined || this.#size === 0 || this.#size + length <= maxSize) return this.#fd;
    closeSync(this.#fd);
    this.#fd = undefined;
    rotate(this.#path, this.#limits.maxFiles ?? 1);
    this.#fd = this.#open();
    return this.#fd;
  }

  #open(): number {
    const { O_APPEND, O_CREAT, O_RDWR } = constants;
    const fd = openSync(this.#path, O_APPEND | O_CREAT | O_RDWR, 0o600);
    const { size } = fstatSync(fd);
    this.#size = size === 0 ? 0 : soundLength(fd, size);
    // What an earlier writer was killed over would swallow the record behind it.
    if (this.#size < size) ftruncateSync(fd, this.#size);
    return fd;
  }
}

function frame(stream: LogStream, data: Uint8Array): Uint8Array[] {
  const time = BigInt(Date.now()) * 1_000_000n;
  return [formatHeader({ time, stream, length: data.length }), data, formatTrailer(data.length)];
}

function count(lost: bigint): Buffer {
  const bytes = Buffer.allocUnsafe(LOST_BYTES);
  bytes.writeBigUInt64LE(lost);
  return bytes;
}

/** The oldest goes, each other becomes the next older: a reader finds its way by inode. */
function rotate(path: string, maxFiles: number): void {
  for (let number = maxFiles - 1; number > 1; number--) renameIfThere(`${path}.${number - 1}`, `${path}.${number}`);
  if (maxFiles > 1) renameSync(path, `${path}.1`);
  else unlinkSync(path);
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
