import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LogWriter } from '../../../src/runtime/log/log-writer.ts';
import { logEnd, type ReadLogOptions, readLog } from '../../../src/runtime/log/read-log.ts';
import { formatHeader, formatTrailer, type LogStream } from '../../../src/runtime/log/record-format.ts';
import { mendLog } from '../../../src/runtime/log/sound-length.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gocker-log-'));
  path = join(folder, 'log');
});
afterEach(() => rmSync(folder, { recursive: true }));

type Text = Partial<Record<LogStream, string>>;

/** What was read of each stream. */
async function read(options: ReadLogOptions = {}): Promise<Text> {
  const text: Text = {};
  for await (const records of readLog(path, options)) {
    for (const { stream, bytes } of records) {
      const shown = stream === 'lost' ? `${bytes.readBigUInt64LE()} ` : bytes.toString('latin1');
      text[stream] = (text[stream] ?? '') + shown;
    }
  }
  return text;
}

function record(stream: LogStream, data: string | Buffer, seconds = 0): Buffer {
  const bytes = Buffer.from(data);
  const header = formatHeader({ time: BigInt(seconds) * 1_000_000_000n, stream, length: bytes.length });
  return Buffer.concat([header, bytes, formatTrailer(bytes.length)]);
}

/** mulberry32: the same numbers at each run. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

interface Piece {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** Lines of both streams, cut anywhere; some are empty, some long, the last ones may have no end. */
function randomPieces(seed: number): Piece[] {
  const below = random(seed);
  return Array.from({ length: below(60) }, () => {
    const letters = Array.from({ length: below(12) }, () =>
      below(4) === 0 ? '\n' : String.fromCharCode(97 + below(26)),
    );
    const text = below(20) === 0 ? 'x'.repeat(below(80_000)) : letters.join('');
    return { stream: below(3) === 0 ? ('stderr' as const) : ('stdout' as const), text };
  });
}

function textOf(pieces: readonly Piece[], stream: Piece['stream']): string {
  return pieces.map((piece) => (piece.stream === stream ? piece.text : '')).join('');
}

/** The last lines by the order of their last bytes, the slow way. */
function lastLines(pieces: readonly Piece[], count: number): { stdout: string; stderr: string } {
  const all = { stdout: textOf(pieces, 'stdout'), stderr: textOf(pieces, 'stderr') };
  const taken = { stdout: 0, stderr: 0 };
  const lines: Piece[] = [];
  for (const { stream, text } of pieces) {
    for (const character of text) {
      taken[stream] += 1;
      if (character !== '\n' && taken[stream] < all[stream].length) continue;
      lines.push({ stream, text: all[stream].slice(0, taken[stream]) });
      all[stream] = all[stream].slice(taken[stream]);
      taken[stream] = 0;
    }
  }
  const last = count === 0 ? [] : lines.slice(-count);
  return { stdout: textOf(last, 'stdout'), stderr: textOf(last, 'stderr') };
}

function write(pieces: readonly Piece[], limits = {}): void {
  const writer = new LogWriter(path, limits);
  for (const { stream, text } of pieces) writer.write(stream, Buffer.from(text));
  writer.close();
}

describe('a log', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'gives back each stream as it was written, cut anywhere (seed %d)',
    async (seed) => {
      const pieces = randomPieces(seed);
      write(pieces);
      const { stdout = '', stderr = '', lost } = await read();
      expect({ stdout, stderr, lost }).toEqual({ stdout: textOf(pieces, 'stdout'), stderr: textOf(pieces, 'stderr') });
    },
  );

  test.each(Array.from({ length: 10 }, (_, index) => index))(
    'gives its last lines whole, of either stream, from any number of files (seed %d)',
    async (seed) => {
      const pieces = randomPieces(1000 + seed);
      write(pieces, seed % 2 === 0 ? {} : { maxSize: 150, maxFiles: 1000 });
      for (const count of [0, 1, 2, 7, 20, 1000]) {
        const { stdout = '', stderr = '' } = await read({ tail: count });
        expect({ count, stdout, stderr }).toEqual({ count, ...lastLines(pieces, count) });
      }
    },
  );

  test('is not there while nothing was written, and reads as empty', async () => {
    new LogWriter(path).close();
    expect(readdirSync(folder)).toEqual([]);
    expect(await read()).toEqual({});
    expect(await read({ tail: 5 })).toEqual({});
  });

  test('is rotated at its size, keeps so many files, and splits no record over two', async () => {
    const pieces = Array.from({ length: 100 }, (_, index) => ({ stream: 'stdout' as const, text: `line ${index}\n` }));
    write(pieces, { maxSize: 200, maxFiles: 3 });
    expect(readdirSync(folder).sort()).toEqual(['log', 'log.1', 'log.2']);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(200);
    const { stdout = '' } = await read();
    expect(stdout).toMatch(/^line \d+\n/);
    expect(textOf(pieces, 'stdout').endsWith(stdout)).toBe(true);
    expect(stdout.split('\n').length).toBeGreaterThan(5);
  });

  test('of one file begins anew when that is full', async () => {
    write(
      [
        { stream: 'stdout', text: 'old\n' },
        { stream: 'stdout', text: 'new\n' },
      ],
      { maxSize: 40 },
    );
    expect(readdirSync(folder)).toEqual(['log']);
    expect(await read()).toEqual({ stdout: 'new\n' });
  });

  test('takes a record that is larger than a file may be', async () => {
    write(
      [
        { stream: 'stdout', text: 'x'.repeat(500) },
        { stream: 'stdout', text: 'y'.repeat(500) },
      ],
      { maxSize: 100, maxFiles: 2 },
    );
    expect((await read()).stdout).toBe('x'.repeat(500) + 'y'.repeat(500));
  });

  test('is continued by the next writer behind the last whole record', async () => {
    write([{ stream: 'stdout', text: 'first\n' }]);
    for (const torn of [1, 10, 24, 30]) {
      appendFileSync(path, record('stdout', 'torn and forgotten').subarray(0, torn));
      expect((await read()).stdout).toMatch(/next\n$|first\n$/);
      expect(await read({ tail: 1 })).toEqual({ stdout: expect.stringMatching(/^(?:next|first)\n$/) });
      write([{ stream: 'stdout', text: 'next\n' }]);
    }
    expect((await read()).stdout).toBe(`first\n${'next\n'.repeat(4)}`);
  });

  test('that a power cut left longer than what was written of it ends where it was written', async () => {
    write([{ stream: 'stdout', text: 'first\n' }]);
    truncateSync(path, statSync(path).size + 5000);
    expect(await read()).toEqual({ stdout: 'first\n' });
    expect(await read({ tail: 1 })).toEqual({ stdout: 'first\n' });
    write([{ stream: 'stdout', text: 'next\n' }]);
    expect(await read()).toEqual({ stdout: 'first\nnext\n' });
  });

  test('tells what it could not keep, before the next that it can', async () => {
    const later = join(folder, 'later');
    path = join(later, 'log');
    const writer = new LogWriter(path);
    writer.write('stdout', Buffer.from('12345'));
    writer.write('stderr', Buffer.alloc(100_000));
    mkdirSync(later);
    writer.write('stdout', Buffer.from('kept\n'));
    writer.close();
    const seen: string[] = [];
    for await (const records of readLog(path)) seen.push(...records.map(({ stream }) => stream));
    expect(seen).toEqual(['lost', 'stdout']);
    expect(await read()).toEqual({ lost: '100005 ', stdout: 'kept\n' });
    expect(await read({ tail: 1 })).toEqual({ stdout: 'kept\n' });
  });

  test('is mended before somebody else appends to it', async () => {
    mendLog(path);
    expect(readdirSync(folder)).toEqual([]);
    const whole = record('stdout', 'whole\n');
    for (const torn of [0, 1, 24, 37]) {
      writeFileSync(path, Buffer.concat([whole, whole, whole.subarray(0, torn)]));
      mendLog(path);
      expect(readFileSync(path)).toEqual(Buffer.concat([whole, whole]));
    }
  });

  test('is read from where it once ended, over rotations', async () => {
    expect(logEnd(path)).toEqual({ inode: 0, offset: 0 });
    write([{ stream: 'stdout', text: 'before\n' }]);
    const from = logEnd(path);
    write(
      Array.from({ length: 9 }, (_, index) => ({ stream: 'stdout', text: `${index}\n` })),
      { maxSize: 100, maxFiles: 9 },
    );
    expect((await read({ from })).stdout).toBe('0\n1\n2\n3\n4\n5\n6\n7\n8\n');
    expect((await read({ from: { inode: 1, offset: 5 } })).stdout).toMatch(/^before\n0\n/);
  });

  test('is data to its reader: records within output, lengths that lie, streams and times that are none', async () => {
    const inner = record('stderr', 'not of the container');
    write([{ stream: 'stdout', text: inner.toString('latin1') }]);
    expect(Object.keys(await read())).toEqual(['stdout']);
    const good = record('stdout', 'good\n');
    const change = (offset: number, value: number) => {
      const bad = record('stdout', 'bad');
      bad.writeUInt32LE(value, offset);
      return bad;
    };
    for (const bad of [
      change(16, 0xffff_ffff),
      change(16, 65_537),
      change(20, 0),
      change(20, 4),
      change(8, 0xffff_ffff),
    ]) {
      writeFileSync(path, Buffer.concat([good, bad, good]));
      await expect(read()).rejects.toThrow(/cannot read log ".*log", byte 37: no record begins there/);
      const seen: string[] = [];
      await expect(
        (async () => {
          for await (const records of readLog(path)) seen.push(...records.map(({ bytes }) => bytes.toString()));
        })(),
      ).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
      expect(seen).toEqual(['good\n']);
      // From the back the last record is as good as any.
      expect(await read({ tail: 1 })).toEqual({ stdout: 'good\n' });
    }
    writeFileSync(path, Buffer.concat([good, change(16, 60_000)]));
    expect(await read()).toEqual({ stdout: 'good\n' });
  });

  test('leaves out the lines that began before a time, to their end, and all after another', async () => {
    const records = [
      record('stdout', 'a\nb', 1),
      record('stderr', 'x\n', 2),
      record('stdout', 'b', 3),
      record('stderr', 'y\n', 3),
      record('stdout', 'b\nc\n', 4),
      record('stderr', 'z\n', 5),
    ];
    writeFileSync(path, Buffer.concat(records));
    const seconds = (number: number) => BigInt(number) * 1_000_000_000n;
    expect(await read({ since: seconds(3) })).toEqual({ stdout: 'c\n', stderr: 'y\nz\n' });
    expect(await read({ since: seconds(3), until: seconds(4) })).toEqual({ stdout: 'c\n', stderr: 'y\n' });
    expect(await read({ until: seconds(2) })).toEqual({ stdout: 'a\nb', stderr: 'x\n' });
    expect(await read({ until: seconds(4), tail: 2 })).toEqual({ stdout: 'bbb\nc\n' });
    expect(await read({ since: seconds(4), tail: 3 })).toEqual({ stdout: 'c\n', stderr: 'z\n' });
    expect(await read({ since: seconds(6) })).toEqual({});
  });
});

describe('following a log', () => {
  /** Reads on while the work goes on, and to the end of what it wrote. */
  async function followed(work: () => Promise<void>, options: ReadLogOptions = {}): Promise<Text> {
    const ended = new AbortController();
    const reading = read({ follow: ended.signal, ...options });
    await work();
    ended.abort();
    return await reading;
  }
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  test('begins before there is a file, and loses nothing over rotations', async () => {
    let text = '';
    const found = await followed(async () => {
      const writer = new LogWriter(path, { maxSize: 5000, maxFiles: 200 });
      for (let number = 0; number < 5000; number++) {
        const line = `line ${number}\n`;
        text += line;
        writer.write('stdout', Buffer.from(line));
        if (number % 7 === 0) await turn();
      }
      writer.close();
    });
    expect(found.stdout).toBe(text);
  });

  test('goes on from the last lines, and keeps to the order of files that are gone when it comes to them', async () => {
    write([{ stream: 'stdout', text: 'one\ntwo\n' }]);
    const found = await followed(
      async () => {
        const writer = new LogWriter(path, { maxSize: 1000, maxFiles: 2 });
        for (let number = 0; number < 2000; number++) {
          writer.write('stdout', Buffer.from(`${number}\n`));
          if (number % 50 === 0) await turn();
        }
        writer.close();
      },
      { tail: 1 },
    );
    const lines = (found.stdout ?? '').trimEnd().split('\n');
    expect(lines[0]).toBe('two');
    expect(lines.at(-1)).toBe('1999');
    const numbers = lines.slice(1).map(Number);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  });

  test('waits for the rest of a record that is under way', async () => {
    const whole = record('stdout', 'whole\n');
    const shown: string[] = [];
    const ended = new AbortController();
    writeFileSync(path, whole.subarray(0, 26));
    const reading = (async () => {
      for await (const records of readLog(path, { follow: ended.signal })) {
        shown.push(...records.map(({ bytes }) => bytes.toString()));
      }
    })();
    await turn();
    expect(shown).toEqual([]);
    appendFileSync(path, whole.subarray(26));
    await expect.poll(() => shown).toEqual(['whole\n']);
    ended.abort();
    await reading;
  });

  test('ends at once where it is cancelled, and leaves no descriptor', async () => {
    const descriptors = () => readdirSync('/proc/self/fd').length;
    write([{ stream: 'stdout', text: 'one\n' }]);
    const before = descriptors();
    const never = new AbortController();
    const cancelled = new AbortController();
    let seen = 0;
    const reading = (async () => {
      for await (const records of readLog(path, { follow: never.signal, signal: cancelled.signal }))
        seen += records.length;
    })();
    await expect.poll(() => seen).toBe(1);
    await turn();
    cancelled.abort();
    await reading;
    for await (const records of readLog(path, { follow: never.signal })) {
      expect(records).toHaveLength(1);
      break;
    }
    // inotify's own descriptor is the event loop's, and stays with it.
    expect(descriptors() - before).toBeLessThanOrEqual(1);
    expect(readFileSync(path).length).toBeGreaterThan(0);
  });
});
