import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decompress, gzip } from '../../../src/overlay/index.ts';

async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

async function* inPieces(bytes: Buffer, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

test.each([
  ['nothing', Buffer.alloc(0)],
  ['a few bytes', Buffer.from('few')],
  ['several members, some of which shrink', Buffer.concat([Buffer.alloc(5 << 20, 'text '), randomBytes(5 << 20)])],
])('gzip() of %s is what gzip(1), zlib and we read back, and the same each time', async (_, bytes) => {
  const blob = await joined(gzip(inPieces(bytes, 70_001)));
  expect((await joined(gzip(inPieces(bytes, 70_001)))).equals(blob)).toBe(true);
  expect(gunzipSync(blob).equals(bytes)).toBe(true);
  expect(execFileSync('gzip', ['-dc'], { input: blob, maxBuffer: 1 << 26 }).equals(bytes)).toBe(true);
  expect((await joined(decompress(inPieces(blob, 9000)))).equals(bytes)).toBe(true);
  expect(blob.length).toBeLessThan(bytes.length * 0.7 + 100);
});

test('gzip() passes on what its source throws', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('x');
    throw new Error('the source broke');
  }
  await expect(joined(gzip(broken()))).rejects.toThrow('the source broke');
});
