/**
 * The shape of a Zstandard stream, RFC 8878 §3.1: where its frames and their blocks begin and end. Decoders of one frame
 * are all that Node has; and what a frame wants of memory is to be known before a decoder believes it.
 *
 *   stream    ::= *( frame | skippable )
 *   frame     ::= magic descriptor [ window ] [ dictionary ] [ size ] 1*block [ checksum ]
 *   block     ::= header (3 bytes: last, type, size) content
 *   skippable ::= 0x184d2a5? length content
 */
import { ByteWindow } from '../byte-window.ts';
import { layerError } from '../layer-error.ts';

/** What zstd(1) takes unless told otherwise. */
const LARGEST_WINDOW = 1 << 27;
/** RFC 8878 §3.1.1.2.3. */
const LARGEST_BLOCK = 1 << 17;

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
const RLE_BLOCK = 1;

/** A piece of a frame: its header, the header or the content of a block, its checksum; after the last, its end. */
export type FramePart = Buffer | 'end of frame';

/**
 * The frames of a stream, in parts that each decompress to one block of 128 KiB at most. Skippable frames are left out.
 *
 * @throws GockerError `LAYER_CORRUPT` where the stream ends within a frame, or something else follows one;
 *   `LAYER_UNSUPPORTED` for a window of more than 128 MiB
 */
export async function* splitFrames(source: AsyncIterable<Buffer>): AsyncGenerator<FramePart> {
  const bytes = new ByteReader(source);
  try {
    while (!(await bytes.isAtEnd())) {
      const magic = await bytes.read(4);
      if ((magic.readUInt32LE() & 0xfffffff0) >>> 0 === SKIPPABLE)
        await bytes.skip((await bytes.read(4)).readUInt32LE());
      else if (magic.readUInt32LE() === MAGIC) yield* frame(bytes, magic);
      else throw corrupt('something other than a frame follows');
    }
  } finally {
    await bytes.close();
  }
}

async function* frame(bytes: ByteReader, magic: Buffer): AsyncGenerator<FramePart> {
  const descriptor = await bytes.read(1);
  const flags = descriptor.readUInt8();
  const isSingleSegment = (flags & 0x20) !== 0;
  const windowLength = isSingleSegment ? 0 : 1;
  const dictionaryLength = [0, 1, 2, 4][flags & 3] ?? 0;
  const sizeLength = [isSingleSegment ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  const rest = await bytes.read(windowLength + dictionaryLength + sizeLength);
  requireWindow(isSingleSegment ? littleEndian(rest.subarray(dictionaryLength)) : windowSize(rest.readUInt8()));
  yield Buffer.concat([magic, descriptor, rest]);
  for (let isLast = false; !isLast; ) {
    const header = await bytes.read(3);
    const fields = header.readUIntLE(0, 3);
    isLast = (fields & 1) !== 0;
    if (fields >> 3 > LARGEST_BLOCK) throw corrupt('a block is larger than 128 KiB');
    yield header;
    yield await bytes.read(((fields >> 1) & 3) === RLE_BLOCK ? 1 : fields >> 3);
  }
  if ((flags & 4) !== 0) yield await bytes.read(4);
  yield 'end of frame';
}

/** RFC 8878 §3.1.1.1.2: five bits of exponent, three of mantissa. */
function windowSize(byte: number): number {
  const base = 2 ** (10 + (byte >> 3));
  return base + (base / 8) * (byte & 7);
}

function littleEndian(bytes: Buffer): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}

function requireWindow(size: number): void {
  if (size <= LARGEST_WINDOW) return;
  throw layerError(
    'LAYER_UNSUPPORTED',
    `cannot decompress layer: its zstd frames want a window of ${size} bytes (expected ${LARGEST_WINDOW} at most)`,
  );
}

function corrupt(what: string): Error {
  return layerError('LAYER_CORRUPT', `cannot decompress layer: ${what} (expected a whole zstd stream)`);
}

/** A source of chunks, by the byte. */
class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #window = new ByteWindow();

  constructor(source: AsyncIterable<Buffer>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  /** @throws GockerError `LAYER_CORRUPT` where there are fewer */
  async read(length: number): Promise<Buffer> {
    if (!(await this.#has(length))) throw corrupt('it ends within a frame');
    const bytes = this.#window.peek(length);
    this.#window.dropBefore(this.#window.start + length);
    return bytes;
  }

  async skip(length: number): Promise<void> {
    for (let left = length; left > 0; left -= LARGEST_BLOCK) await this.read(Math.min(left, LARGEST_BLOCK));
  }

  async isAtEnd(): Promise<boolean> {
    return !(await this.#has(1));
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #has(length: number): Promise<boolean> {
    while (this.#window.end - this.#window.start < length) {
      const next = await this.#chunks.next();
      if (next.done) return false;
      this.#window.push(next.value);
    }
    return true;
  }
}
