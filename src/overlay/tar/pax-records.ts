/**
 * Extended header records, POSIX.1-2017 pax §"pax Extended Header". Values are kept as bytes: the value of an extended
 * attribute may hold anything, which tar-stream's own reading (as UTF-8) would destroy.
 *
 *   records ::= *( length " " keyword "=" value LF )      length: decimal, of the whole record
 */
import { layerError } from '../layer-error.ts';

const SPACE = 32;
const LF = 10;
const ZERO = 48;

/**
 * @returns the last value of each keyword, which POSIX says is the one that counts
 * @throws GockerError `LAYER_MALFORMED`
 */
export function parsePaxRecords(bytes: Buffer): Map<string, Buffer> {
  const records = new Map<string, Buffer>();
  let offset = 0;
  while (offset < bytes.length) {
    const space = bytes.indexOf(SPACE, offset);
    const length = decimal(bytes, offset, space);
    const end = offset + length;
    const equals = bytes.indexOf('=', space);
    if (end > bytes.length || bytes[end - 1] !== LF || equals <= space + 1 || equals >= end) throw malformed(offset);
    const keyword = bytes.toString('latin1', space + 1, equals);
    if (keyword.includes('\0')) throw malformed(offset);
    records.set(keyword, bytes.subarray(equals + 1, end - 1));
    offset = end;
  }
  return records;
}

function decimal(bytes: Buffer, start: number, end: number): number {
  // Seven digits: tar-stream takes no header over 4 MiB.
  if (end <= start || end - start > 7) throw malformed(start);
  let value = 0;
  for (let index = start; index < end; index++) {
    const digit = (bytes[index] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) throw malformed(start);
    value = value * 10 + digit;
  }
  if (value <= end - start) throw malformed(start);
  return value;
}

function malformed(offset: number): Error {
  return layerError(
    'LAYER_MALFORMED',
    `cannot read a pax header: record at byte ${offset} is malformed (expected "length keyword=value")`,
  );
}
