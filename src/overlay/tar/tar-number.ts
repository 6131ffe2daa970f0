/**
 * Numeric fields of a tar header: octal text (POSIX.1-2017 pax §ustar Interchange Format), or GNU's base-256, a big-endian
 * two's complement number whose first bit is set. Strict where tar-stream is lenient: a size that two parsers read
 * differently is how an entry is hidden from one of them.
 *
 *   octal   ::= *( " " | NUL ) *( "0" … "7" ) *( " " | NUL )
 *   base256 ::= ( 0x80 | 0xff ) byte*
 */
import { layerError } from '../layer-error.ts';

export interface NumberField {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

const SPACE = 32;
const ZERO = 48;

/** @throws GockerError `LAYER_MALFORMED` */
export function tarNumber(block: Buffer, field: NumberField): number {
  const first = block[field.offset] ?? 0;
  return first & 0x80 ? base256(block, field) : octal(block, field);
}

function octal(block: Buffer, field: NumberField): number {
  let start = field.offset;
  let end = start + field.length;
  while (start < end && isBlank(block[start])) start++;
  while (end > start && isBlank(block[end - 1])) end--;
  let value = 0;
  for (let index = start; index < end; index++) {
    const digit = (block[index] ?? 0) - ZERO;
    if (digit < 0 || digit > 7) throw malformed(block, field, 'octal digits');
    value = value * 8 + digit;
  }
  return value;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0 || byte === SPACE;
}

function base256(block: Buffer, field: NumberField): number {
  const bytes = block.subarray(field.offset, field.offset + field.length);
  const negative = ((bytes[0] ?? 0) & 0x40) !== 0;
  let value = 0n;
  for (const [index, byte] of bytes.entries()) {
    const bits = index === 0 ? byte & 0x7f : byte;
    value = (value << 8n) | BigInt(bits);
  }
  if (negative) value -= 1n << BigInt(8 * bytes.length - 1);
  if (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER) {
    throw malformed(block, field, 'a number of at most 53 bits');
  }
  return Number(value);
}

function malformed(block: Buffer, field: NumberField, expected: string): Error {
  const shown = JSON.stringify(block.toString('latin1', field.offset, field.offset + field.length));
  return layerError(
    'LAYER_MALFORMED',
    `cannot read field "${field.name}" of a tar header: ${shown} (expected ${expected})`,
  );
}
