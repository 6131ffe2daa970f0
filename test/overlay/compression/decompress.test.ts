import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { GockerError } from '../../../src/errors/index.ts';
import { compressionOf, decompress } from '../../../src/overlay/index.ts';

const text = Buffer.concat([Buffer.alloc(300_000, 'a'), randomBytes(100_000), Buffer.alloc(5000)]);
const more = Buffer.from('more '.repeat(1000));
const zstd = (bytes: Buffer, ...options: string[]) =>
  execFileSync('zstd', ['-q', '-c', ...options], { input: bytes, maxBuffer: 1 << 26 });

async function* pieces(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let offset = 0; offset < bytes.length; offset += length) yield bytes.subarray(offset, offset + length);
}

async function all(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of decompress(source)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function errorOf(bytes: Buffer, length: number): Promise<string> {
  try {
    await all(pieces(bytes, length));
  } catch (error) {
    return error instanceof GockerError ? error.code : String(error);
  }
  return 'no error';
}

const [gzipped, gzippedMore] = [gzipSync(text), gzipSync(more)];
const lengths = [1000, 4096, 65_536, 1 << 20];

test('compressionOf() tells by the first bytes, skippable zstd frames included', () => {
  expect(compressionOf(gzipped)).toBe('gzip');
  expect(compressionOf(zstd(more))).toBe('zstd');
  expect(compressionOf(Buffer.from([0x5e, 0x2a, 0x4d, 0x18]))).toBe('zstd');
  expect(compressionOf(Buffer.from('./etc'))).toBe('none');
  expect(compressionOf(Buffer.alloc(0))).toBe('none');
});

test.each([
  ['plain', text],
  ['gzip', gzipped],
  ['gzip of no compression', gzipSync(text, { level: 0 })],
  ['zstd', zstd(text)],
  ['zstd with a long window', zstd(text, '-19', '--long=27')],
])('decompress() gives the bytes of %s, in pieces of any length', async (_, bytes) => {
  for (const length of [997, ...lengths]) expect((await all(pieces(bytes, length))).equals(text)).toBe(true);
});

test('decompress() gives nothing for nothing', async () => {
  expect(await all(pieces(Buffer.alloc(0), 1))).toEqual(Buffer.alloc(0));
});

test('decompress() reads several gzip members as one stream, wherever they are cut', async () => {
  const both = Buffer.concat([gzipped, gzippedMore, gzipped]);
  const expected = Buffer.concat([text, more, text]);
  for (const length of [...lengths, gzipped.length - 1, gzipped.length, gzipped.length + 1]) {
    expect((await all(pieces(both, length))).equals(expected)).toBe(true);
  }
});

test('decompress() reads several zstd frames and leaves out skippable ones', async () => {
  const skippable = Buffer.concat([Buffer.from([0x50, 0x2a, 0x4d, 0x18, 5, 0, 0, 0]), Buffer.from('table')]);
  const frames = Buffer.concat([skippable, zstd(text), skippable, zstd(more), skippable]);
  const expected = Buffer.concat([text, more]);
  for (const length of lengths) expect((await all(pieces(frames, length))).equals(expected)).toBe(true);
});

test('decompress() takes zeros behind gzip, however many and wherever they are cut', async () => {
  for (const zeros of [1, 7, 512, 10_240, 200_000]) {
    const bytes = Buffer.concat([gzipped, Buffer.alloc(zeros)]);
    for (const length of [...lengths, gzipped.length]) {
      expect((await all(pieces(bytes, length))).equals(text), `${zeros} zeros in pieces of ${length}`).toBe(true);
    }
  }
});

test('decompress() refuses what is neither zeros nor a member behind gzip', async () => {
  for (const behind of [
    Buffer.from('garbage'),
    Buffer.concat([Buffer.alloc(2000), gzippedMore]),
    Buffer.concat([Buffer.alloc(100_000), Buffer.from([1])]),
  ]) {
    for (const length of [...lengths, gzipped.length]) {
      expect(await errorOf(Buffer.concat([gzipped, behind]), length), `pieces of ${length}`).toBe('LAYER_CORRUPT');
    }
  }
});

test.each([
  ['gzip', gzipped],
  ['zstd', zstd(text, '-3')],
])('decompress() refuses %s that ends early, anywhere', async (_, bytes) => {
  for (const cut of [5, 17, 100, bytes.length >> 1, bytes.length - 9, bytes.length - 1]) {
    for (const length of [1000, 1 << 20])
      expect(await errorOf(bytes.subarray(0, cut), length), `cut at ${cut}`).toBe('LAYER_CORRUPT');
  }
});

test('decompress() refuses a zstd window that no image needs, in any of its frames', async () => {
  // 2^(10 + 31) bytes: RFC 8878 §3.1.1.1.2.
  const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xf8, 0x01, 0x00, 0x00]);
  for (const bytes of [frame, Buffer.concat([zstd(more), frame])]) {
    for (const length of [1, 3, 4096]) expect(await errorOf(bytes, length)).toBe('LAYER_UNSUPPORTED');
  }
});

test('decompress() refuses what is no frame behind zstd', async () => {
  for (const length of lengths) {
    expect(await errorOf(Buffer.concat([zstd(text), Buffer.from('garbage behind')]), length)).toBe('LAYER_CORRUPT');
  }
});

test('decompress() refuses gzip whose bytes were changed', async () => {
  for (const offset of [gzipped.length >> 1, gzipped.length - 6, gzipped.length - 2]) {
    const copy = Buffer.from(gzipped);
    copy[offset] = (copy[offset] ?? 0) ^ 0x10;
    expect(await errorOf(copy, 65_536)).toBe('LAYER_CORRUPT');
  }
});

test("decompress() hands on the source's own error, and asks for nothing after it", async () => {
  for (const bytes of [gzipped, zstd(text), text]) {
    async function* failing() {
      yield bytes.subarray(0, 2000);
      throw new Error('connection reset');
    }
    await expect(all(failing())).rejects.toThrow('connection reset');
  }
});

test('decompress() asks for no more while nobody takes what it has', async () => {
  for (const bytes of [gzipSync(randomBytes(8 << 20), { level: 0 }), zstd(randomBytes(8 << 20))]) {
    let given = 0;
    async function* counted() {
      for await (const piece of pieces(bytes, 65_536)) {
        given += piece.length;
        yield piece;
      }
    }
    const reading = decompress(counted());
    await reading.next();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(given).toBeLessThan(4 << 20);
    await reading.return(undefined);
  }
});

test('decompress() lets go of the source where the reader stops early', async () => {
  for (const bytes of [gzipped, zstd(text), text]) {
    let released = false;
    async function* source() {
      try {
        yield* pieces(bytes, 1000);
      } finally {
        released = true;
      }
    }
    for await (const _ of decompress(source())) break;
    expect(released).toBe(true);
  }
});
