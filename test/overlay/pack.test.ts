import { execFileSync } from 'node:child_process';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { type PackEntry, packTar } from '../../src/overlay/index.ts';

async function pack(entries: Iterable<PackEntry>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of packTar(entries)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function list(tar: Buffer): string[] {
  const args = ['--numeric-owner', '--full-time', '--utc', '-tvf', '-'];
  const lines = execFileSync('tar', args, { input: tar, encoding: 'utf8' }).trimEnd().split('\n');
  return lines.map((line) => line.replace(/ +/g, ' '));
}

const file = (path: string, text: string, rest: Partial<PackEntry> = {}): PackEntry =>
  ({
    kind: 'file',
    path,
    mode: 0o644,
    size: Buffer.byteLength(text),
    content: () => [Buffer.from(text)],
    ...rest,
  }) as PackEntry;

test('packTar() writes what tar(1) reads: each kind, owner, mode and time', async () => {
  const tar = await pack([
    { kind: 'directory', path: '/', mode: 0o755 },
    { kind: 'directory', path: '/tmp', mode: 0o1777, mtime: 1 },
    file('/etc/a', 'text', { mode: 0o4750, uid: 7, gid: 8 }),
    file('/none', '', { mode: 0 }),
    { kind: 'symlink', path: '/bin', target: '/usr/bin' },
    { kind: 'link', path: '/etc/b', target: '/etc/a' },
  ]);
  expect(list(tar)).toEqual([
    'drwxr-xr-x 0/0 0 1970-01-01 00:00:00 ./',
    'drwxrwxrwt 0/0 0 1970-01-01 00:00:01 tmp/',
    '-rwsr-x--- 7/8 4 1970-01-01 00:00:00 etc/a',
    '---------- 0/0 0 1970-01-01 00:00:00 none',
    'lrwxrwxrwx 0/0 0 1970-01-01 00:00:00 bin -> /usr/bin',
    'hrwxrwxrwx 0/0 0 1970-01-01 00:00:00 etc/b link to etc/a',
  ]);
});

test('packTar() writes names, owners and times that a plain header has no room for', async () => {
  const long = `/${'long/'.repeat(60)}naïve`;
  const tar = await pack([file(long, 'x', { uid: 4_000_000_000, gid: 300_000, mtime: 2 ** 31 + 1.5 })]);
  expect(execFileSync('tar', ['--quoting-style=literal', '-tf', '-'], { input: tar, encoding: 'utf8' })).toBe(
    `${long.slice(1)}\n`,
  );
  expect(list(tar)[0]).toMatch(/^-rw-r--r-- 4000000000\/300000 1 2038-01-19 03:14:09\.5/);
});

test('packTar() gives the same bytes for the same entries', async () => {
  const entries = [file('a', 'a'), file('b', 'b')];
  expect(await pack(entries)).toEqual(await pack(entries));
});

test('packTar() opens a file when its turn comes, and reads no more than is taken', async () => {
  let read = 0;
  const big = (path: string): PackEntry => ({
    kind: 'file',
    path,
    mode: 0o644,
    size: 1 << 28,
    *content() {
      for (let n = 0; n < 4096; n++) {
        read++;
        yield Buffer.alloc(1 << 16);
      }
    },
  });
  let taken = 0;
  for await (const chunk of packTar([big('a'), big('b')])) {
    taken += chunk.length;
    if (taken > 1 << 20) break;
  }
  expect(read * (1 << 16)).toBeLessThan(4 << 20);
});

test('packTar() closes the file that it reads when its reader stops', async () => {
  const content = new Readable({ read: () => void content.push(Buffer.alloc(1 << 16)) });
  const closed = new Promise((resolve) => content.on('close', resolve));
  for await (const _ of packTar([{ kind: 'file', path: 'a', mode: 0o644, size: 1 << 30, content: () => content }]))
    break;
  await closed;
  expect(content.destroyed).toBe(true);
});

test.each([
  ['shorter', 5, /gives only 4 of 5 bytes/],
  ['longer', 3, /gives more than 3 bytes/],
])('packTar() refuses a file that became %s', async (_, size, message) => {
  const entries = [file('a', 'text', { size } as Partial<PackEntry>)];
  await expect(pack(entries)).rejects.toThrow(
    expect.objectContaining({ code: 'TAR_CONTENT_CHANGED', message: expect.stringMatching(message) }),
  );
});

test('packTar() passes on what a content or the list of entries throws', async () => {
  const fails = (): Iterable<Uint8Array> => {
    throw new Error('no such file');
  };
  await expect(pack([file('a', 'x', { content: fails } as Partial<PackEntry>)])).rejects.toThrow('no such file');
  function* entries(): Generator<PackEntry> {
    yield file('a', 'x');
    throw new Error('no such directory');
  }
  await expect(pack(entries())).rejects.toThrow('no such directory');
});
