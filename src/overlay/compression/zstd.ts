/**
 * Zstandard, RFC 8878, one frame after the other: by Node's own decoder where it has one (22.15 and later), else by fzstd,
 * which needs neither a compiler nor an install script and does some 100 MB/s. fzstd does not look at a frame's checksum:
 * the diffID tells all the same.
 */
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { layerError } from '../layer-error.ts';
import { gather } from './gather.ts';
import { type FramePart, splitFrames } from './zstd-frames.ts';

/** For Node's decoder, which runs on the thread pool. */
const CHUNK = 1 << 18;

/** `createZstdDecompress`, which @types/node of Node 20 does not know. */
interface ZstdOfNode {
  readonly createZstdDecompress?: (options: { readonly chunkSize: number }) => zlib.Gunzip;
}

/** @throws GockerError `LAYER_CORRUPT`, `LAYER_UNSUPPORTED` */
export async function* unzstd(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { createZstdDecompress } = zlib as ZstdOfNode;
  const parts = splitFrames(source);
  try {
    for (let part = await parts.next(); !part.done; part = await parts.next()) {
      const frame = frameFrom(part.value, parts);
      if (createZstdDecompress === undefined) yield* decodeByLibrary(frame);
      else yield* decodeByNode(frame, createZstdDecompress({ chunkSize: CHUNK }));
    }
  } catch (error) {
    throw isDecoderError(error) ? corrupt(error) : error;
  } finally {
    await parts.return(undefined);
  }
}

/** The parts up to the end of the frame; those behind it stay where they are. */
async function* frameFrom(first: FramePart, parts: AsyncGenerator<FramePart>): AsyncGenerator<Buffer> {
  for (let part = first; part !== 'end of frame'; ) {
    yield part;
    const next = await parts.next();
    if (next.done) return;
    part = next.value;
  }
}

async function* decodeByNode(frame: AsyncIterable<Buffer>, decoder: zlib.Gunzip): AsyncGenerator<Buffer> {
  const feeding = pipeline(gather(frame, CHUNK), decoder);
  // The frame's own errors come out of the reading as well; and a reader that stops early is none.
  feeding.catch(() => {});
  yield* decoder;
  await feeding;
}

async function* decodeByLibrary(frame: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { Decompress } = await import('fzstd');
  let output: Buffer[] = [];
  const decoder = new Decompress((bytes) => output.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
  for await (const part of frame) {
    decoder.push(part);
    yield* output;
    output = [];
  }
}

/** Both throw errors of their own shapes; whatever else comes out was thrown by the source. */
function isDecoderError(error: unknown): error is Error {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return typeof error.code === 'number' || String(error.code).startsWith('ZSTD_');
}

function corrupt(cause: Error): Error {
  return layerError('LAYER_CORRUPT', `cannot decompress layer: ${cause.message} (expected a whole zstd stream)`, cause);
}
