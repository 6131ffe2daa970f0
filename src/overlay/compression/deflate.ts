/**
 * The way back: bytes into gzip, RFC 1952. A member for every two megabytes, several at a time on Node's thread pool: zlib itself
 * keeps one processor busy. What can't be made smaller (images, archives, keys) is stored as it is, at twenty times the speed.
 */
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { deflateRawSync, gzip as gzipAll } from 'node:zlib';
import { gather } from './gather.ts';

const MEMBER = 2 << 20;
/** Node's own 16 KiB make a job of the thread pool of each 16 KiB. */
const OUTPUT_CHUNK = 1 << 20;
const SAMPLE = 16 << 10;
/** The fastest that compresses: three times as fast as zlib's default for a tenth more bytes, and most layers never leave. */
const LEVEL = 1;
/** The thread pool has four. */
const MOST = Math.min(4, availableParallelism());

const compress = promisify<Buffer, { level: number; chunkSize: number }, Buffer>(gzipAll);

/** The same bytes by the same zlib give the same gzip: no name and no time is in it. */
export async function* gzip(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const begun: Promise<Buffer>[] = [];
  let isEmpty = true;
  for await (const bytes of gather(asBuffers(source), MEMBER)) {
    isEmpty = false;
    begun.push(compress(bytes, { level: shrinks(bytes) ? LEVEL : 0, chunkSize: OUTPUT_CHUNK }));
    const [first] = begun.length >= MOST ? begun.splice(0, 1) : [];
    if (first !== undefined) yield await first;
  }
  for (const member of begun) yield await member;
  if (isEmpty) yield await compress(Buffer.alloc(0), { level: LEVEL, chunkSize: OUTPUT_CHUNK });
}

/** By what is in its middle: a tenth at least. */
function shrinks(bytes: Buffer): boolean {
  const middle = Math.max(0, Math.floor((bytes.length - SAMPLE) / 2));
  const sample = bytes.subarray(middle, middle + SAMPLE);
  return deflateRawSync(sample, { level: LEVEL }).length < sample.length * 0.9;
}

async function* asBuffers(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const chunk of source) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
}
