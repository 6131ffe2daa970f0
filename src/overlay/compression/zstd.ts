/**
 * Zstandard, RFC 8878: frames one after the other, skippable ones left out. By Node's own decoder where it has one (22.15
 * and later), else by fzstd, which needs neither a compiler nor an install script and does some 100 MB/s. Neither takes a
 * window over 128 MiB. fzstd does not look at a frame's checksum: the diffID tells all the same.
 */
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { layerError } from '../layer-error.ts';

/**
 * What fzstd is given at once. It hands its output over only when it has read all of its input, and four bytes may stand
 * for a block of 128 KiB: this bounds what a bomb can fill at 128 MiB.
 */
const INPUT_SLICE = 4096;

/** `createZstdDecompress`, which @types/node of Node 20 does not know. */
interface ZstdOfNode {
  createZstdDecompress?: (options: { readonly chunkSize: number }) => zlib.Gunzip;
}

/** @throws GockerError `LAYER_CORRUPT` */
export async function* unzstd(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { createZstdDecompress } = zlib as ZstdOfNode;
  try {
    if (createZstdDecompress === undefined) yield* unzstdByLibrary(source);
    else yield* unzstdByNode(source, createZstdDecompress({ chunkSize: 1 << 20 }));
  } catch (error) {
    throw isDecoderError(error) ? corrupt(error) : error;
  }
}

async function* unzstdByNode(source: AsyncIterable<Buffer>, decoder: zlib.Gunzip): AsyncGenerator<Buffer> {
  const feeding = pipeline(source, decoder);
  // An error comes out of the reading as well, and a reader that stops early is none.
  feeding.catch(() => {});
  yield* decoder;
  await feeding;
}

async function* unzstdByLibrary(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { Decompress } = await import('fzstd');
  let output: Buffer[] = [];
  const decoder = new Decompress((bytes) => output.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
  for await (const chunk of source) {
    for (let offset = 0; offset < chunk.length; offset += INPUT_SLICE) {
      decoder.push(chunk.subarray(offset, offset + INPUT_SLICE));
      const ready = output;
      output = [];
      yield* ready;
    }
  }
  decoder.push(new Uint8Array(0), true);
  yield* output;
}

/** Both throw errors of their own shapes; whatever else comes out was thrown by the source. */
function isDecoderError(error: unknown): error is Error {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return typeof error.code === 'number' || String(error.code).startsWith('ZSTD_');
}

function corrupt(cause: Error): Error {
  return layerError('LAYER_CORRUPT', `cannot decompress layer: ${cause.message} (expected a whole zstd stream)`, cause);
}
