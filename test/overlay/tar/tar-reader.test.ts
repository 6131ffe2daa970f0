import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GockerError } from '../../../src/errors/index.ts';
import type { TarEntry } from '../../../src/overlay/tar/tar-entry.ts';
import { type EntryHandler, TarReader } from '../../../src/overlay/tar/tar-reader.ts';
import { base256, end, paxRecords, type RawEntry, rawEntry, rawTar } from '../raw-tar.ts';

interface Read extends TarEntry {
  readonly content: string;
}

/** All entries of an archive that is given in pieces of so many bytes. */
async function read(tar: Buffer, piece = tar.length): Promise<Read[]> {
  const entries: Read[] = [];
  let current: TarEntry | undefined;
  let content: Buffer[] = [];
  const reader = new TarReader({
    begin(entry) {
      current = entry;
      content = [];
    },
    content: (bytes) => void content.push(Buffer.from(bytes)),
    end() {
      if (current !== undefined) entries.push({ ...current, content: Buffer.concat(content).toString('latin1') });
    },
  });
  try {
    for (let offset = 0; offset < tar.length; offset += piece) await reader.write(tar.subarray(offset, offset + piece));
    await reader.end();
    return entries;
  } finally {
    reader.destroy();
  }
}

async function codeOf(tar: Buffer): Promise<string> {
  try {
    await read(tar);
  } catch (error) {
    return error instanceof GockerError ? error.code : String(error);
  }
  return 'no error';
}

async function only(entry: RawEntry): Promise<Read> {
  const [first] = await read(rawTar([entry]));
  if (first === undefined) throw new Error('no entry was read');
  return first;
}

test('TarReader gives every field of a ustar header', async () => {
  const entry = await only({
    name: 'etc/motd',
    content: 'hello',
    mode: 0o104755,
    uid: 1000,
    gid: 50,
    mtime: 1_600_000_000,
  });
  expect(entry).toEqual({
    kind: 'file',
    name: 'etc/motd',
    linkname: '',
    content: 'hello',
    size: 5,
    mode: 0o4755,
    uid: 1000,
    gid: 50,
    mtime: { seconds: 1_600_000_000, nanoseconds: 0 },
    device: { major: 0, minor: 0 },
    xattrs: new Map(),
  });
});

test('TarReader knows each type of entry', async () => {
  const types = ['0', '\0', '7', '1', '2', '3', '4', '5', '6'];
  const entries = await read(rawTar(types.map((type) => ({ name: 'x', type, linkname: 'y', device: [7, 300] }))));
  expect(entries.map(({ kind }) => kind)).toEqual([
    'file',
    'file',
    'file',
    'hardlink',
    'symlink',
    'character-device',
    'block-device',
    'directory',
    'fifo',
  ]);
  expect(entries.map(({ linkname }) => linkname)).toEqual(['', '', '', 'y', 'y', '', '', '', '']);
  expect(entries[5]?.device).toEqual({ major: 7, minor: 300 });
});

test('TarReader takes a file whose name ends in a slash for a directory, as V7 wrote it', async () => {
  expect((await only({ name: 'old/', type: '\0', magic: '\0\0\0\0\0\0\0\0' })).kind).toBe('directory');
});

test('TarReader joins prefix and name of a ustar header, and leaves alone what GNU keeps there', async () => {
  expect((await only({ name: 'name', raw: { 345: 'a/prefix' } })).name).toBe('a/prefix/name');
  expect((await only({ name: 'name', magic: 'ustar  \0', raw: { 345: '01234567012' } })).name).toBe('name');
});

test('TarReader takes names, sizes, owners and times from pax records', async () => {
  const long = 'd/'.repeat(200);
  const entry = await only({
    name: 'short',
    type: '2',
    linkname: 'short',
    pax: {
      path: `${long}f`,
      linkpath: `${long}t`,
      uid: '4000000000',
      gid: '3000000',
      mtime: '1700000000.123456789123',
    },
  });
  expect(entry).toMatchObject({ name: `${long}f`, linkname: `${long}t`, uid: 4_000_000_000, gid: 3_000_000 });
  expect(entry.mtime).toEqual({ seconds: 1_700_000_000, nanoseconds: 123_456_789 });
  const sized = await read(rawTar([{ name: 'f', content: 'abc', size: 0, pax: { size: '3' } }, { name: 'g' }]));
  expect(sized.map(({ name, content }) => [name, content])).toEqual([
    ['f', 'abc'],
    ['g', ''],
  ]);
});

test('TarReader counts the nanoseconds of times before 1970 forwards', async () => {
  expect((await only({ name: 'f', pax: { mtime: '-1.25' } })).mtime).toEqual({ seconds: -2, nanoseconds: 750_000_000 });
  expect((await only({ name: 'f', pax: { mtime: '-7' } })).mtime).toEqual({ seconds: -7, nanoseconds: 0 });
});

test('TarReader keeps names that are not UTF-8 byte by byte', async () => {
  const name = Buffer.from([0x66, 0xe9, 0xff, 0x80]);
  expect(Buffer.from((await only({ name })).name, 'latin1')).toEqual(name);
  expect(Buffer.from((await only({ name: 'x', pax: { path: name } })).name, 'latin1')).toEqual(name);
});

test('TarReader keeps the values of attributes byte by byte: NUL, "=", LF and what is not UTF-8', async () => {
  const value = Buffer.from([0, 0x3d, 0x0a, 0xff, 0xfe, 0x3d, 0]);
  const entry = await only({
    name: 'f',
    pax: {
      'SCHILY.xattr.security.capability': value,
      'LIBARCHIVE.xattr.user.a%3Db': Buffer.from('eA==').toString(),
      'LIBARCHIVE.xattr.security.capability': 'AAAA',
    },
  });
  expect(entry.xattrs).toEqual(
    new Map([
      ['security.capability', value],
      ['user.a=b', Buffer.from('x')],
    ]),
  );
});

test("TarReader leaves out OverlayFS's own attributes and the machine's labels", async () => {
  const names = [
    'trusted.overlay.opaque',
    'user.overlay.redirect',
    'trusted.overlay.overlay.opaque',
    'security.selinux',
  ];
  const pax = Object.fromEntries(
    names.flatMap((name) => [`SCHILY.xattr.${name}`, `LIBARCHIVE.xattr.${name}`].map((key) => [key, 'eQ=='])),
  ) as Record<string, string>;
  expect((await only({ name: 'f', pax: { ...pax, 'SCHILY.xattr.trusted.other': 'kept' } })).xattrs).toEqual(
    new Map([['trusted.other', Buffer.from('kept')]]),
  );
});

test("TarReader reads GNU's long names, of more than 100 bytes and of both kinds", async () => {
  const name = 'n'.repeat(300);
  const linkname = 't'.repeat(200);
  const tar = Buffer.concat([
    rawEntry({ name: '././@LongLink', type: 'K', content: `${linkname}\0`, magic: 'ustar  \0' }),
    rawEntry({ name: '././@LongLink', type: 'L', content: `${name}\0`, magic: 'ustar  \0' }),
    rawEntry({ name: name.slice(0, 100), type: '2', linkname: linkname.slice(0, 100), magic: 'ustar  \0' }),
    end,
  ]);
  expect(await read(tar)).toMatchObject([{ name, linkname }]);
});

test('TarReader reads base-256 numbers, negative times too', async () => {
  const entry = await only({ name: 'f', raw: { 108: base256(3_000_000_000n, 8), 136: base256(-5n, 12) } });
  expect(entry).toMatchObject({ uid: 3_000_000_000, mtime: { seconds: -5, nanoseconds: 0 } });
});

test('TarReader reads the same wherever the archive is cut into pieces', async () => {
  const tar = rawTar([
    { name: 'a', content: 'x'.repeat(1300), pax: { 'SCHILY.xattr.user.a': Buffer.alloc(700, 1), path: 'long/a' } },
    { name: 'b', type: '5' },
    { name: 'c', content: 'y'.repeat(512) },
    { name: 'd', pax: { mtime: '1.5' } },
  ]);
  const whole = await read(tar);
  expect(whole.map(({ name }) => name)).toEqual(['long/a', 'b', 'c', 'd']);
  for (const piece of [1, 7, 100, 511, 512, 513, 1000, 1024, 4096]) expect(await read(tar, piece)).toEqual(whole);
});

test('TarReader reads thousands of entries without content, all in one piece', async () => {
  const links = Array.from({ length: 20_000 }, (_, at) => ({ name: `l${at}`, type: '2', linkname: 'x' }));
  expect(await read(rawTar(links))).toHaveLength(20_000);
});

test('TarReader ends at two blocks of zeros, whatever stands behind them', async () => {
  const tar = rawTar([{ name: 'a' }]);
  for (const behind of [
    Buffer.alloc(100_000),
    Buffer.from('garbage'),
    Buffer.alloc(600, 1),
    rawTar([{ name: 'hidden' }]),
  ]) {
    for (const piece of [512, 1000, 1 << 20]) {
      expect((await read(Buffer.concat([tar, behind]), piece)).map(({ name }) => name)).toEqual(['a']);
    }
  }
});

test('TarReader reads the content of the last file, wherever the archive is cut into pieces', async () => {
  for (const length of [1, 512, 513, 1024, 3000]) {
    const tar = Buffer.concat([rawTar([{ name: 'last', content: 'x'.repeat(length) }]), Buffer.alloc(9216)]);
    for (const piece of [1, 100, 512, 600, 1024, 1025, 2048, 3000]) {
      expect(
        (await read(tar, piece)).map(({ content }) => content.length),
        `${length} in pieces of ${piece}`,
      ).toEqual([length]);
    }
  }
});

test('TarReader takes an archive without its two blocks of zeros, and an empty one', async () => {
  expect((await read(rawEntry({ name: 'a', content: 'b' }))).map(({ name }) => name)).toEqual(['a']);
  expect(await read(Buffer.alloc(0))).toEqual([]);
  expect(await read(Buffer.alloc(1024))).toEqual([]);
  expect(await read(Buffer.alloc(512))).toEqual([]);
});

test("TarReader lets a global header without a size pass: git's, with its commit", async () => {
  const global = rawEntry({
    name: 'pax_global_header',
    type: 'g',
    content: paxRecords({ comment: 'c0ffee', path: 'evil' }),
  });
  expect((await read(Buffer.concat([global, rawTar([{ name: 'a' }])]))).map(({ name }) => name)).toEqual(['a']);
});

test.each<[string, Buffer, string]>([
  ['text', Buffer.alloc(4096, 'no tar'), 'LAYER_NOT_TAR'],
  ['a zip', Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(2000)]), 'LAYER_NOT_TAR'],
  ['a few bytes', Buffer.from('short'), 'LAYER_MALFORMED'],
  ['a wrong checksum', broken(rawTar([{ name: 'a' }]), 3), 'LAYER_NOT_TAR'],
  [
    'a wrong checksum later',
    Buffer.concat([rawEntry({ name: 'a' }), broken(rawTar([{ name: 'b' }]), 3)]),
    'LAYER_MALFORMED',
  ],
  ['a header cut off', rawTar([{ name: 'a' }]).subarray(0, 300), 'LAYER_MALFORMED'],
  ['content cut off', rawEntry({ name: 'a', content: 'x'.repeat(2000) }).subarray(0, 1500), 'LAYER_MALFORMED'],
  ['content missing altogether', rawEntry({ name: 'a', size: 600 }), 'LAYER_MALFORMED'],
  [
    'a pax header without its entry',
    rawEntry({ name: 'p', type: 'x', content: paxRecords({ path: 'a' }) }),
    'LAYER_MALFORMED',
  ],
  [
    'a single block of zeros between entries',
    Buffer.concat([rawEntry({ name: 'a' }), Buffer.alloc(512), rawTar([{ name: 'b' }])]),
    'LAYER_MALFORMED',
  ],
  ['a negative size', rawTar([{ name: 'a', raw: { 124: base256(-512n, 12) } }]), 'LAYER_MALFORMED'],
  ['a size beyond all measure', rawTar([{ name: 'a', raw: { 124: base256(1n << 90n, 12) } }]), 'LAYER_MALFORMED'],
  ['a negative uid', rawTar([{ name: 'a', raw: { 108: base256(-1n, 8) } }]), 'LAYER_MALFORMED'],
  ['the uid that means "leave it"', rawTar([{ name: 'a', pax: { uid: '4294967295' } }]), 'LAYER_MALFORMED'],
  ['a negative mode', rawTar([{ name: 'a', raw: { 100: base256(-1n, 8) } }]), 'LAYER_MALFORMED'],
  ['letters in a number', rawTar([{ name: 'a', raw: { 108: '00x1750\0' } }]), 'LAYER_MALFORMED'],
  [
    'a size that two readers read differently',
    rawTar([{ name: 'a', raw: { 124: '0000000 512 ' } }]),
    'LAYER_MALFORMED',
  ],
  ['a negative pax size', rawTar([{ name: 'a', pax: { size: '-512' } }]), 'LAYER_MALFORMED'],
  ['a hexadecimal pax size', rawTar([{ name: 'a', pax: { size: '0x200' } }]), 'LAYER_MALFORMED'],
  ['NUL in a pax path', rawTar([{ name: 'a', pax: { path: 'a\0b' } }]), 'LAYER_MALFORMED'],
  ['a pax time that is no number', rawTar([{ name: 'a', pax: { mtime: 'Infinity' } }]), 'LAYER_MALFORMED'],
  [
    'a pax record with a wrong length',
    rawTar([{ name: 'p', type: 'x', content: '99 path=a\n' }, { name: 'a' }]),
    'LAYER_MALFORMED',
  ],
  [
    'a pax record without "="',
    rawTar([{ name: 'p', type: 'x', content: '7 path\n' }, { name: 'a' }]),
    'LAYER_MALFORMED',
  ],
  [
    'a pax record without its end',
    rawTar([{ name: 'p', type: 'x', content: '9 path=aa' }, { name: 'a' }]),
    'LAYER_MALFORMED',
  ],
  ['a symlink with content', rawTar([{ name: 'a', type: '2', linkname: 'b', content: 'c' }]), 'LAYER_MALFORMED'],
  ['a device of 13 bits', rawTar([{ name: 'a', type: '3', device: [4096, 0] }]), 'LAYER_MALFORMED'],
  ["GNU's sparse type", rawTar([{ name: 'a', type: 'S' }]), 'LAYER_UNSUPPORTED'],
  ['sparse pax records', rawTar([{ name: 'a', pax: { 'GNU.sparse.major': '1' } }]), 'LAYER_UNSUPPORTED'],
  ['a volume label', rawTar([{ name: 'a', type: 'V' }]), 'LAYER_UNSUPPORTED'],
  [
    'a size for all entries',
    Buffer.concat([rawEntry({ name: 'g', type: 'g', content: paxRecords({ size: '0' }) }), rawTar([{ name: 'a' }])]),
    'LAYER_UNSUPPORTED',
  ],
  [
    'endless headers',
    Buffer.concat(
      Array.from({ length: 5 }, () =>
        rawEntry({ name: 'p', type: 'x', content: paxRecords({ comment: Buffer.alloc(3 << 20, 'x') }) }),
      ),
    ),
    'LAYER_MALFORMED',
  ],
])('TarReader refuses %s', async (_, tar, code) => {
  expect(await codeOf(tar)).toBe(code);
});

test('TarReader hands on what the handler throws, and handles nothing after it', async () => {
  let begun = 0;
  const reader = new TarReader({
    begin() {
      begun++;
      throw new Error('full');
    },
    content() {},
    end() {},
  });
  await expect(reader.write(rawTar([{ name: 'a' }, { name: 'b' }]))).rejects.toThrow('full');
  expect(begun).toBe(1);
});

test('TarReader waits for a handler that returns a promise', async () => {
  const order: string[] = [];
  const handler: EntryHandler = {
    async begin(entry) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      order.push(`begin ${entry.name}`);
    },
    content: (bytes) => void order.push(`content ${bytes.length}`),
    end: () => void order.push('end'),
  };
  const tar = rawTar([{ name: 'a', content: 'xyz' }, { name: 'b' }]);
  for (const piece of [tar.length, 512]) {
    order.length = 0;
    const reader = new TarReader(handler);
    for (let offset = 0; offset < tar.length; offset += piece) await reader.write(tar.subarray(offset, offset + piece));
    await reader.end();
    expect(order).toEqual(['begin a', 'content 3', 'end', 'begin b', 'end']);
  }
});

test.each(['v7', 'ustar', 'gnu', 'posix'])('TarReader reads what tar(1) writes in its %s format', async (format) => {
  const folder = mkdtempSync(join(tmpdir(), 'gocker-tar-'));
  try {
    const deep = format === 'gnu' || format === 'posix' ? `${'deep/'.repeat(30)}` : 'deep/';
    mkdirSync(join(folder, deep), { recursive: true });
    writeFileSync(join(folder, deep, 'file'), 'content', { mode: 0o640 });
    symlinkSync('file', join(folder, deep, 'link'));
    utimesSync(join(folder, deep, 'file'), 1e9, 1e9);
    const tar = execFileSync('tar', ['-C', folder, `--format=${format}`, '--sort=name', '-cf', '-', '.'], {
      maxBuffer: 1 << 24,
    });
    const entries = await read(tar);
    expect(entries.at(-2)).toMatchObject({
      name: `./${deep}file`,
      kind: 'file',
      content: 'content',
      mtime: { seconds: 1e9 },
    });
    expect(entries.at(-1)).toMatchObject({ name: `./${deep}link`, kind: 'symlink', linkname: 'file' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function broken(tar: Buffer, offset: number): Buffer {
  const copy = Buffer.from(tar);
  copy[offset] = (copy[offset] ?? 0) ^ 1;
  return copy;
}
