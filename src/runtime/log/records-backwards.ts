/** Records of one file of a log from its end to its beginning, by their trailers: the last lines of a long log are found at once. */
import { readSync } from 'node:fs';
import { FRAME_BYTES, HEADER_BYTES, parseHeader, parseTrailer, TRAILER_BYTES } from './record-format.ts';
import type { PlacedRecord } from './record-scanner.ts';

const CHUNK = 256 * 1024;

/**
 * Stops where no record ends.
 *
 * @param end where a record ends, or 0
 */
export function* recordsBackwards(fd: number, end: number): Generator<PlacedRecord> {
  for (let rest = end; rest > 0; ) {
    const begin = Math.max(0, rest - CHUNK);
    const buffer = Buffer.allocUnsafe(rest - begin);
    if (readSync(fd, buffer, 0, buffer.length, begin) < buffer.length) return;
    let last = buffer.length;
    for (let record = recordBefore(buffer, last); record !== undefined; record = recordBefore(buffer, last)) {
      last = record.offset - HEADER_BYTES;
      yield { ...record, offset: begin + record.offset };
    }
    if (last === buffer.length) return;
    rest = begin + last;
  }
}

/** @returns undefined where none ends there, or not all of it is in the buffer */
function recordBefore(buffer: Buffer, end: number): PlacedRecord | undefined {
  const length = end < FRAME_BYTES ? undefined : parseTrailer(buffer, end - TRAILER_BYTES);
  if (length === undefined || length + FRAME_BYTES > end) return undefined;
  const offset = end - TRAILER_BYTES - length;
  const header = parseHeader(buffer, offset - HEADER_BYTES);
  if (header?.length !== length) return undefined;
  return { time: header.time, stream: header.stream, bytes: buffer.subarray(offset, offset + length), offset };
}
