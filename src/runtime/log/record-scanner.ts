/** Records of one file of a log, forwards: many at a time, and never more memory than its buffer. */
import { read } from 'node:fs';
import { promisify } from 'node:util';
import { GockerError } from '../../errors/index.ts';
import { FRAME_BYTES, HEADER_BYTES, type LogStream, parseHeader } from './record-format.ts';

export interface LogRecord {
  /** When it was read from the container, in nanoseconds since the epoch. */
  readonly time: bigint;
  readonly stream: LogStream;
  /** Whatever one read(2) gave: parts of lines, lines. Valid until the next records are asked for. */
  readonly bytes: Buffer;
}

/** The same, with the place of its data in its file. */
export interface PlacedRecord extends LogRecord {
  readonly offset: number;
}

const CHUNK = 512 * 1024;
const readAt = promisify(read);

export class RecordScanner {
  readonly #fd: number;
  readonly #name: string;
  readonly #buffer = Buffer.allocUnsafeSlow(CHUNK);
  /** Of the file: where the buffer begins. */
  #base: number;
  #start = 0;
  #end = 0;

  /** @param fd stays the caller's @param offset where a record begins @param name the file's, for errors */
  constructor(fd: number, offset: number, name: string) {
    this.#fd = fd;
    this.#base = offset;
    this.#name = name;
  }

  /** Where the next record begins. */
  get offset(): number {
    return this.#base + this.#start;
  }

  /**
   * The next whole records: none where there are no more, or the next is under way.
   *
   * @param limit a length of the file: what is behind it is not there
   * @throws GockerError `LOG_DAMAGED`
   */
  async next(limit = Number.POSITIVE_INFINITY): Promise<readonly PlacedRecord[]> {
    this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#base += this.#start;
    this.#end -= this.#start;
    this.#start = 0;
    // One that is cut off may be in the file by now.
    for (;;) {
      const records = this.#parse();
      if (records.length > 0) return records;
      const room = Math.min(CHUNK, limit - this.#base) - this.#end;
      if (room <= 0) return [];
      const { bytesRead } = await readAt(this.#fd, this.#buffer, this.#end, room, this.#base + this.#end);
      if (bytesRead === 0) return [];
      this.#end += bytesRead;
    }
  }

  #parse(): PlacedRecord[] {
    const records: PlacedRecord[] = [];
    while (this.#end - this.#start >= HEADER_BYTES) {
      const header = parseHeader(this.#buffer, this.#start);
      if (header === undefined) {
        if (records.length > 0 || this.#isUnwritten()) break;
        throw this.#damaged();
      }
      const { time, stream, length } = header;
      if (this.#end - this.#start < length + FRAME_BYTES) break;
      const begin = this.#start + HEADER_BYTES;
      const bytes = this.#buffer.subarray(begin, begin + length);
      records.push({ time, stream, bytes, offset: this.#base + begin });
      this.#start += length + FRAME_BYTES;
    }
    return records;
  }

  /** A power cut may leave a file longer than what was written of it. */
  #isUnwritten(): boolean {
    return this.#buffer.subarray(this.#start, this.#start + HEADER_BYTES).every((byte) => byte === 0);
  }

  #damaged(): GockerError {
    const where = `"${this.#name}", byte ${this.offset}`;
    return new GockerError('LOG_DAMAGED', `cannot read log ${where}: no record begins there`, {
      hint: 'What stands before was read; the next start of the container writes on from there.',
    });
  }
}
