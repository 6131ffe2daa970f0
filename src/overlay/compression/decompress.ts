/** Layers as they are sent: gzip, zstd or plain, told by their first bytes and never by what a manifest says of them. */
import { gunzip } from './gzip.ts';
import { unzstd } from './zstd.ts';

export type Compression = 'gzip' | 'zstd' | 'none';

/** Enough to tell: zstd's magic number has four bytes. */
const MAGIC_LENGTH = 4;

/** RFC 1952 §2.3.1; RFC 8878 §3.1.1, and §3.1.2 for the skippable frames that may stand before the first. */
export function compressionOf(start: Uint8Array): Compression {
  const [a, b, c, d] = start;
  if (a === 0x1f && b === 0x8b) return 'gzip';
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd';
  if (a !== undefined && a >= 0x50 && a <= 0x5f && b === 0x2a && c === 0x4d && d === 0x18) return 'zstd';
  return 'none';
}

/**
 * The plain bytes of a layer. The source is read to its end, however its compressed stream ends; no chunk is asked for
 * before the last one's bytes have been taken.
 *
 * @throws GockerError `LAYER_CORRUPT` where the compressed stream is damaged, ends early, or has something behind it
 */
export async function* decompress(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]();
  try {
    const start = await firstBytes(chunks);
    const all = prepend(start, chunks);
    const compression = compressionOf(start);
    if (compression === 'gzip') yield* gunzip(all);
    else if (compression === 'zstd') yield* unzstd(all);
    else yield* all;
  } finally {
    await chunks.return?.();
  }
}

async function firstBytes(chunks: AsyncIterator<Uint8Array>): Promise<Buffer> {
  let start: Buffer = Buffer.alloc(0);
  while (start.length < MAGIC_LENGTH) {
    const next = await chunks.next();
    if (next.done) break;
    start = start.length === 0 ? asBuffer(next.value) : Buffer.concat([start, next.value]);
  }
  return start;
}

async function* prepend(start: Buffer, chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Buffer> {
  if (start.length > 0) yield start;
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield asBuffer(next.value);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
