/**
 * A container's log is a row of records, as its monitor or a gocker in the foreground appended them, all little-endian:
 *
 *   record ::= seconds:i64 nanoseconds:i64 length:u32 stream:u32 data trailer
 *   trailer ::= length:u32 0x676f636b:u32          the way back from the end
 *   stream ::= 1 | 2 | 3                           stdout, stderr, lost
 *
 * One record holds what one read(2) gave: lines are the reader's business, and may span records of their stream. The data of
 * "lost" is a u64: how many bytes could not be kept.
 */

export const HEADER_BYTES = 24;
export const TRAILER_BYTES = 8;
export const FRAME_BYTES = HEADER_BYTES + TRAILER_BYTES;
/** What a pipe holds, and the most that is read at once. A longer one is none of ours. */
export const LARGEST_DATA = 64 * 1024;

const MAGIC = 0x67_6f_63_6b;
const BILLION = 1_000_000_000n;
const streams = ['stdout', 'stderr', 'lost'] as const;

export type LogStream = (typeof streams)[number];

/** Offsets in a header. */
const at = { seconds: 0, nanoseconds: 8, length: 16, stream: 20 } as const;

export interface RecordHeader {
  /** Nanoseconds since the epoch. */
  readonly time: bigint;
  readonly stream: LogStream;
  /** Bytes of data. */
  readonly length: number;
}

/** @returns undefined where these bytes begin no record: a log is data, and its lengths are believed only within bounds */
export function parseHeader(bytes: Buffer, offset: number): RecordHeader | undefined {
  const length = bytes.readUInt32LE(offset + at.length);
  const stream = streams[bytes.readUInt32LE(offset + at.stream) - 1];
  const nanoseconds = bytes.readBigInt64LE(offset + at.nanoseconds);
  if (stream === undefined || length > LARGEST_DATA || nanoseconds < 0n || nanoseconds >= BILLION) return undefined;
  if (stream === 'lost' && length !== 8) return undefined;
  return { time: bytes.readBigInt64LE(offset + at.seconds) * BILLION + nanoseconds, stream, length };
}

/** @returns bytes of data of the record that ends here, undefined where none does */
export function parseTrailer(bytes: Buffer, offset: number): number | undefined {
  const length = bytes.readUInt32LE(offset);
  return bytes.readUInt32LE(offset + 4) === MAGIC && length <= LARGEST_DATA ? length : undefined;
}

export function formatHeader({ time, stream, length }: RecordHeader): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeBigInt64LE(time / BILLION, at.seconds);
  header.writeBigInt64LE(time % BILLION, at.nanoseconds);
  header.writeUInt32LE(length, at.length);
  header.writeUInt32LE(streams.indexOf(stream) + 1, at.stream);
  return header;
}

export function formatTrailer(length: number): Buffer {
  const trailer = Buffer.allocUnsafe(TRAILER_BYTES);
  trailer.writeUInt32LE(length, 0);
  trailer.writeUInt32LE(MAGIC, 4);
  return trailer;
}
