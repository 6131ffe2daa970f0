import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RawEntry, rawTar } from '../../overlay/raw-tar.ts';
import { differences, hasUmoci, isRoot, Stage, TreeDumper, withoutRoot } from './stack.ts';

const shared = join(import.meta.dirname, '..', '..', '..', '..', 'shared');
const directory = (name: string, more: Partial<RawEntry> = {}): RawEntry => ({ name, type: '5', ...more });
const file = (name: string, content = name, more: Partial<RawEntry> = {}): RawEntry => ({ name, content, ...more });
const symlink = (name: string, linkname: string): RawEntry => ({ name, type: '2', linkname });
const hardlink = (name: string, linkname: string): RawEntry => ({ name, type: '1', linkname });
const whiteout = (name: string): RawEntry => file(name, '');
const root = directory('./');

/** Layers, bottom first, by what they try. */
const images: Readonly<Record<string, readonly (readonly RawEntry[])[]>> = {
  'every type, with owners, permissions and times': [
    [
      directory('./', { mode: 0o555, uid: 7, gid: 8, mtime: 1_500_000_000 }),
      directory('d', { mode: 0o2775, uid: 1000, gid: 2000 }),
      file('d/f', 'x', { mode: 0o4711, uid: 65_534, gid: 100, mtime: 1 }),
      file('d/sticky', '', { mode: 0o7000 }),
      directory('tmp', { mode: 0o1777 }),
      { name: 'd/null', type: '3', device: [1, 3], mode: 0o666 },
      { name: 'd/disk', type: '4', device: [259, 1_048_575], mode: 0o660, gid: 6 },
      { name: 'd/pipe', type: '6', mode: 0o622 },
      symlink('d/link', '../somewhere/else'),
      symlink('d/absolute', '/etc/passwd'),
      hardlink('d/hard', 'd/f'),
      hardlink('d/hard-to-link', 'd/link'),
      hardlink('other', './d/pipe'),
    ],
  ],
  'times to the nanosecond and before 1970, attributes, long names': [
    [
      root,
      directory('d', { pax: { mtime: '1600000000.000000001', 'SCHILY.xattr.user.d': 'on a directory' } }),
      file('d/f', 'x', {
        pax: {
          mtime: '1234567890.987654321',
          'SCHILY.xattr.user.binary': Buffer.from([0, 61, 10, 255]),
          'SCHILY.xattr.security.capability': Buffer.from('0100000200200000000000000000000000000000', 'hex'),
          'SCHILY.xattr.trusted.own': 'root only',
        },
      }),
      file('d/old', 'x', { pax: { mtime: '-1000.5' } }),
      { ...symlink('d/link', 'x'), pax: { mtime: '1111111111.111111111', linkpath: 't/'.repeat(150) } },
      file('short', 'x', { pax: { path: `d/${'n'.repeat(255)}` } }),
      file(Buffer.from([0x64, 0x2f, 0xff, 0xe9]).toString('latin1'), 'x', {
        name: Buffer.from([0x64, 0x2f, 0xff, 0xe9]),
      } as never),
    ],
  ],
  'whiteouts of files, directories and links, in either order with their entries': [
    [
      root,
      directory('a'),
      file('a/x'),
      file('a/y'),
      directory('b'),
      file('b/x'),
      file('c'),
      symlink('d', 'c'),
      directory('e'),
      file('e/old'),
    ],
    [
      whiteout('a/.wh.x'),
      whiteout('.wh.b'),
      file('c', 'new'),
      whiteout('.wh.c'),
      whiteout('.wh.d'),
      file('d', 'file now'),
      whiteout('.wh.e'),
      directory('e'),
      file('e/new'),
    ],
  ],
  'a directory that is made first and whited out after': [
    [root, directory('e'), file('e/old'), directory('e/sub'), file('e/sub/old')],
    [directory('e'), file('e/new'), whiteout('.wh.e')],
  ],
  'opaque directories': [
    [root, directory('a'), file('a/x'), directory('a/sub'), file('a/sub/y'), directory('b'), file('b/x')],
    [
      directory('a'),
      file('a/new'),
      whiteout('a/.wh..wh..opq'),
      directory('b'),
      whiteout('b/.wh..wh..opq'),
      file('b/.wh.x', ''),
      directory('b/sub'),
    ],
    [directory('a/sub'), file('a/sub/z')],
  ],
  'an opaque root': [
    [root, file('gone'), directory('d'), file('d/gone')],
    [whiteout('./.wh..wh..opq'), file('kept'), directory('d'), file('d/kept')],
    [file('above')],
  ],
  'whiteouts of what is not there': [
    [root, directory('a')],
    [directory('new'), whiteout('new/.wh.nothing'), whiteout('nowhere/at/.wh.all'), whiteout('a/.wh.nothing')],
  ],
  'parents that a tar leaves out': [
    [
      root,
      directory('etc', { mode: 0o700, uid: 3, gid: 4, mtime: 1000, pax: { 'SCHILY.xattr.user.x': 'kept' } }),
      file('etc/a'),
    ],
    [file('etc/b'), file('opt/deep/c'), file('etc/sub/d')],
  ],
  'parents that are symbolic links, of a layer below and of its own': [
    [
      root,
      directory('usr'),
      directory('usr/lib', { mode: 0o711 }),
      symlink('lib', 'usr/lib'),
      symlink('abs', '/usr/lib'),
      symlink('up', '../../../usr'),
    ],
    [
      file('lib/a'),
      file('abs/b'),
      file('up/lib/c'),
      symlink('mine', 'usr'),
      file('mine/lib/d'),
      whiteout('lib/.wh.zzz'),
    ],
    [whiteout('lib/.wh.a'), directory('abs'), file('abs/real')],
  ],
  'hard links to files of layers below': [
    [
      root,
      directory('a'),
      file('a/x', 'data', { mode: 0o640, uid: 5 }),
      hardlink('a/y', 'a/x'),
      symlink('s', 'a/x'),
      directory('z'),
      hardlink('z/third', 'a/x'),
    ],
    [hardlink('new', 'a/x'), hardlink('link-to-link', 's')],
  ],
  'hard links to a file that the same layer then replaces': [
    [root, file('x', 'old')],
    [hardlink('y', 'x'), file('x', 'new')],
  ],
  'duplicates: the last one wins': [
    [
      root,
      file('f', 'first', { mode: 0o600 }),
      file('f', 'second', { mode: 0o644 }),
      directory('d', { mode: 0o700 }),
      file('d/kept'),
      directory('d', { mode: 0o755 }),
      directory('full'),
      file('full/gone'),
      file('full', 'a file now'),
      file('was-file'),
      directory('was-file'),
      file('was-file/in'),
      symlink('s', 'd'),
      directory('s'),
      file('s/real'),
    ],
  ],
  'a kind of file in place of another, across layers': [
    [root, directory('d'), file('d/x'), file('f'), symlink('s', 'd'), directory('again'), file('again/old')],
    [
      file('d', 'a file'),
      directory('f'),
      file('f/in'),
      directory('s'),
      file('s/in'),
      file('again'),
      directory('again'),
      file('again/new'),
    ],
    [directory('d'), file('d/y')],
  ],
  'a symbolic link swapped for a directory between two entries': [
    [
      root,
      symlink('d', '/tmp'),
      directory('d'),
      file('d/x'),
      directory('e'),
      file('e/gone'),
      symlink('e', 'd'),
      file('e/through'),
    ],
  ],
  'names with "./", "//" and a leading "/"': [[root, file('/abs'), directory('.//d/./'), file('././d///f')]],
  'the same layer twice, with others between': [
    [root, directory('a'), file('a/x', 'same')],
    [whiteout('.wh.a'), file('b')],
    [root, directory('a'), file('a/x', 'same')],
  ],
  'layers without anything': [[root, file('a')], [], [file('b')]],
};

describe.skipIf(!isRoot || !hasUmoci)(
  'the merged tree, mounted or copied, equals umoci’s (needs root and umoci)',
  () => {
    let dumper: TreeDumper;
    beforeAll(async () => {
      dumper = await TreeDumper.open();
    });
    afterAll(() => dumper?.close());

    async function compare(tars: readonly Buffer[]): Promise<void> {
      const stage = new Stage();
      try {
        const theirs = dumper.umoci(stage, tars);
        const stack = await stage.ingest(tars);
        expect(differences(dumper.merged(stage, stack), theirs)).toEqual([]);
        expect(differences(await dumper.copied(stage, stack), withoutRoot(theirs))).toEqual([]);
      } finally {
        stage[Symbol.dispose]();
      }
    }

    test.each(Object.entries(images))('%s', async (_, layers) => {
      await compare(layers.map((entries) => rawTar(entries)));
    });

    const alpine = join(shared, 'alpine-minirootfs-3.20.3-x86_64.tar.gz');
    test.skipIf(!existsSync(alpine))('Alpine (needs its tarball)', async () => {
      await compare([gunzipSync(readFileSync(alpine))]);
    });

    test('128 layers', async () => {
      const layers = Array.from({ length: 128 }, (_, at) => [
        directory('d', { mtime: at + 1 }),
        file(`d/${at}`),
        file('d/last', String(at)),
        ...(at % 3 === 2 ? [whiteout(`d/.wh.${at - 1}`)] : []),
      ]);
      await compare([[root], ...layers.slice(1)].map((entries) => rawTar(entries)));
    });
  },
);
