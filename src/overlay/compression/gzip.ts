/**
 * gzip, RFC 1952: one member or several, inflated on Node's thread pool while the caller works on what came before. Zeros
 * may follow the last member, as tar(1) and tape drives leave them; nothing else may.
 */
import { once } from 'node:events';
import { createGunzip, type Gunzip } from 'node:zlib';
import { ByteWindow } from '../byte-window.ts';
import { layerError } from '../layer-error.ts';
import { gather } from './gather.ts';

/** Node's own 16 KiB make a job of the thread pool of each 16 KiB: five times as slow. */
const OUTPUT_CHUNK = 1 << 20;
/** Of input too: pieces as they come from a socket would cost a quarter more. */
const INPUT_CHUNK = 1 << 18;

/** @throws GockerError `LAYER_CORRUPT` */
export async function* gunzip(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const inflater = createGunzip({ chunkSize: OUTPUT_CHUNK });
  const feeding = feed(source, inflater);
  // Whoever fails first wakes the other: the source's error comes out of the reading below.
  feeding.catch((error: Error) => inflater.destroy(error));
  try {
    yield* inflater;
    await feeding;
  } catch (error) {
    throw isZlibError(error) ? corrupt(error) : error;
  } finally {
    // Where the reader stops early, nobody may read the source behind its back.
    inflater.destroy();
    await feeding.catch(() => {});
  }
}

/** The source's chunks into the inflater, and when that has seen its end, the rest of the source to nowhere. */
async function feed(source: AsyncIterable<Buffer>, inflater: Gunzip): Promise<void> {
  const unread = new ByteWindow();
  for await (const chunk of gather(source, INPUT_CHUNK)) {
    if (inflater.readableEnded) {
      requireZeros(chunk);
      continue;
    }
    if (inflater.destroyed) return;
    unread.push(chunk);
    unread.dropBefore(inflater.bytesWritten);
    if (!inflater.write(chunk)) await drained(inflater);
  }
  inflater.end();
  if (!inflater.readableEnded && !inflater.destroyed) await once(inflater, 'close');
  unread.dropBefore(inflater.bytesWritten);
  requireZeros(unread.peek(unread.end - unread.start));
}

function drained(inflater: Gunzip): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      inflater.off('drain', done).off('close', done);
      resolve();
    };
    inflater.on('drain', done).on('close', done);
  });
}

function requireZeros(bytes: Buffer): void {
  if (bytes.some((byte) => byte !== 0)) throw corrupt(new Error('something other than zeros follows the last member'));
}

function isZlibError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}

function corrupt(cause: Error): Error {
  return layerError('LAYER_CORRUPT', `cannot decompress layer: ${cause.message} (expected a whole gzip stream)`, cause);
}
