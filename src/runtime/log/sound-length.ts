/** Where a log's last whole record ends: behind it may stand a record under way, or what was left of one by a kill or a power cut. */
import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { FRAME_BYTES, HEADER_BYTES, parseHeader, parseTrailer, TRAILER_BYTES } from './record-format.ts';

/**
 * One look at the last record where it is whole. Otherwise from header to header from the file's beginning: inside of data
 * anything may stand, a seeming record too, so that no search from the end could be trusted.
 *
 * @param size of the file; what is beyond is not looked at
 */
export function soundLength(fd: number, size: number): number {
  if (size === 0 || endsWhole(fd, size)) return size;
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  for (let offset = 0; ; ) {
    if (readSync(fd, header, 0, HEADER_BYTES, offset) < HEADER_BYTES) return offset;
    const length = parseHeader(header, 0)?.length;
    if (length === undefined || offset + length + FRAME_BYTES > size) return offset;
    if (trailerAt(fd, offset + length + FRAME_BYTES) !== length) return offset;
    offset += length + FRAME_BYTES;
  }
}

/** Whether a record ends where the file does. */
export function endsWhole(fd: number, end: number): boolean {
  const length = trailerAt(fd, end);
  const begin = length === undefined ? -1 : end - length - FRAME_BYTES;
  if (begin < 0) return false;
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  return readSync(fd, header, 0, HEADER_BYTES, begin) === HEADER_BYTES && parseHeader(header, 0)?.length === length;
}

/** @returns the length that the trailer before `end` names */
function trailerAt(fd: number, end: number): number | undefined {
  if (end < FRAME_BYTES) return undefined;
  const trailer = Buffer.allocUnsafe(TRAILER_BYTES);
  const got = readSync(fd, trailer, 0, TRAILER_BYTES, end - TRAILER_BYTES);
  return got === TRAILER_BYTES ? parseTrailer(trailer, 0) : undefined;
}

/**
 * Takes away what a writer was killed over: it would swallow the record that the next one appends. Nobody may be writing. Nothing
 * happens where there is no log.
 */
export function mendLog(path: string): void {
  let fd: number;
  try {
    fd = openSync(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    const { size } = fstatSync(fd);
    const sound = soundLength(fd, size);
    if (sound < size) ftruncateSync(fd, sound);
  } finally {
    closeSync(fd);
  }
}
