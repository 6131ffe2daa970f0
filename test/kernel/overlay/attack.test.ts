import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { GockerError } from '../../../src/errors/index.ts';
import type { DiffID } from '../../../src/oci/index.ts';
import { getXattr, listXattrs } from '../../../src/syscall/index.ts';
import { type RawEntry, rawTar } from '../../overlay/raw-tar.ts';
import { diffIDOf, isRoot, memory, Stage } from './stack.ts';

const file = (name: string, content = 'evil', more: Partial<RawEntry> = {}): RawEntry => ({ name, content, ...more });
const directory = (name: string): RawEntry => ({ name, type: '5' });
const symlink = (name: string, linkname: string): RawEntry => ({ name, type: '2', linkname });
const hardlink = (name: string, linkname: string): RawEntry => ({ name, type: '1', linkname });

/** A stage with a canary beside the layers, which an escape would reach and change. */
class Target extends Stage {
  readonly canary = join(this.folder, 'canary');
  readonly #before: string;

  constructor() {
    super(memory);
    mkdirSync(this.canary);
    writeFileSync(join(this.canary, 'file'), 'untouched', { mode: 0o640 });
    this.#before = this.#look();
  }

  /** Unpacks one layer on top of others; its tree, or the code of its error. */
  async unpack(
    entries: readonly RawEntry[],
    ...below: (readonly RawEntry[])[]
  ): Promise<{ tree: string; code: string }> {
    const stack: DiffID[] = below.length === 0 ? [] : await this.ingest(below.map((layer) => rawTar(layer)));
    const tar = rawTar(entries);
    stack.push(diffIDOf(tar));
    try {
      await this.snapshotter.ingestLayer({ stack, blob: Readable.from([tar]) });
      return { tree: this.snapshotter.lowerdirs(stack)?.[0] ?? '', code: 'no error' };
    } catch (error) {
      expect(readdirSync(join(this.layers, 'ingest'))).toEqual([]);
      return { tree: '', code: error instanceof GockerError ? error.code : String(error) };
    }
  }

  expectUntouched(): void {
    expect(this.#look()).toBe(this.#before);
  }

  #look(): string {
    const stats = [this.canary, join(this.canary, 'file')].map((path) => {
      const { mode, uid, gid, nlink, mtimeNs } = lstatSync(path, { bigint: true });
      return [path, mode, uid, gid, nlink, mtimeNs, listXattrs(path)].join(' ');
    });
    return [...stats, readdirSync(this.canary).join(' '), readFileSync(join(this.canary, 'file'), 'utf8')].join('\n');
  }
}

async function attack(act: (target: Target) => Promise<void>): Promise<void> {
  const target = new Target();
  try {
    await act(target);
    target.expectUntouched();
  } finally {
    target[Symbol.dispose]();
  }
}

describe.skipIf(!isRoot)('a hostile layer (needs root)', () => {
  test.each(['../escaped', 'a/../../escaped', '/../escaped', 'a/..', '..', './../escaped'])(
    'cannot have an entry named %s',
    (name) =>
      attack(async (target) => {
        expect((await target.unpack([file(name)])).code).toBe('LAYER_UNSAFE');
      }),
  );

  test('has absolute names below its root', () =>
    attack(async (target) => {
      const { tree } = await target.unpack([file(join(target.canary, 'file'), 'inside')]);
      expect(readFileSync(join(tree, target.canary, 'file'), 'utf8')).toBe('inside');
    }));

  test.each(['absolute', 'relative'])('cannot write through a symbolic link that is %s', (kind) =>
    attack(async (target) => {
      const linkname = kind === 'absolute' ? target.canary : '../../../../canary';
      const { tree } = await target.unpack([symlink('l', linkname), file('l/file'), file('l/new'), directory('l/d')]);
      expect(readlinkSync(join(tree, 'l'))).toBe(linkname);
      expect(readFileSync(join(tree, kind === 'absolute' ? target.canary : 'canary', 'file'), 'utf8')).toBe('evil');
    }),
  );

  test('cannot write through a symbolic link of a layer below', () =>
    attack(async (target) => {
      const { tree } = await target.unpack([file('l/file')], [symlink('l', target.canary)]);
      expect(readFileSync(join(tree, target.canary, 'file'), 'utf8')).toBe('evil');
      expect(existsSync(join(tree, 'l'))).toBe(false);
    }));

  test('cannot write into a file that it put a symbolic link in place of', () =>
    attack(async (target) => {
      const { tree } = await target.unpack([symlink('f', join(target.canary, 'file')), file('f', 'mine')]);
      expect(lstatSync(join(tree, 'f')).isFile()).toBe(true);
    }));

  test('cannot change metadata through a directory that it swapped for a symbolic link', () =>
    attack(async (target) => {
      // What is put off for directories until the end must not be done to what stands there then.
      const { tree } = await target.unpack([
        { name: 'd', type: '5', mode: 0o777, uid: 1, mtime: 1 },
        { name: 'd/sub', type: '5', mode: 0o777, pax: { 'SCHILY.xattr.user.evil': 'x' } },
        file('d/sub/.wh.file', ''),
        file('d/.wh.file', ''),
        file('d/.wh..wh..opq', ''),
        symlink('d', target.canary),
      ]);
      expect(readlinkSync(join(tree, 'd'))).toBe(target.canary);
    }));

  test('cannot swap a directory for a link to another and back', () =>
    attack(async (target) => {
      const swaps = Array.from({ length: 20 }, () => [
        directory('d'),
        file('d/x'),
        symlink('d', target.canary),
        file('d/file'),
      ]).flat();
      const { code } = await target.unpack(swaps);
      expect(code).toBe('no error');
    }));

  test.each([
    ['up and out', '../../../../canary/file', 'LAYER_UNSAFE'],
    ['to a file that is nowhere in the image', 'canary/file', 'LAYER_INCONSISTENT'],
    ['to a directory', 'd', 'LAYER_INCONSISTENT'],
    ['to the root', '/', 'LAYER_INCONSISTENT'],
    ['to itself', 'h', 'LAYER_INCONSISTENT'],
  ])('cannot have a hard link %s', (_, linkname, code) =>
    attack(async (target) => {
      const outcome = await target.unpack([directory('d'), file('h'), hardlink('h', linkname)]);
      expect(outcome.code).toBe(code);
    }),
  );

  test('cannot have a hard link to a host file by its absolute name, nor through a symbolic link', () =>
    attack(async (target) => {
      const absolute = join(target.canary, 'file');
      expect((await target.unpack([hardlink('h', absolute)])).code).toBe('LAYER_INCONSISTENT');
      expect((await target.unpack([symlink('l', target.canary), hardlink('h', 'l/file')])).code).toBe(
        'LAYER_INCONSISTENT',
      );
    }));

  test('cannot write into the target of a hard link by an entry of the same name', () =>
    attack(async (target) => {
      const { tree } = await target.unpack([
        symlink('l', join(target.canary, 'file')),
        hardlink('h', 'l'),
        file('h', 'mine', { mode: 0o4777 }),
      ]);
      expect(lstatSync(join(tree, 'h')).isFile()).toBe(true);
      expect(readlinkSync(join(tree, 'l'))).toBe(join(target.canary, 'file'));
    }));

  test.each(['.wh.', '.wh..', '.wh...', 'd/.wh.', 'd/.wh..', 'd/.wh...', '.wh.d/x'])(
    'cannot have the whiteout %s',
    (name) =>
      attack(async (target) => {
        expect((await target.unpack([directory('d'), file(name, '')], [directory('d'), file('d/x')])).code).toBe(
          'LAYER_UNSAFE',
        );
      }),
  );

  test.each([
    ['a file', file('./')],
    ['a symbolic link', symlink('/', '/etc')],
    ['a device', { name: '.', type: '3', device: [1, 3] } as const],
  ])('cannot make its root %s', (_, entry) =>
    attack(async (target) => {
      // A file whose name ends in a slash is a directory.
      const expected = entry.type === undefined ? 'LAYER_MALFORMED' : 'LAYER_UNSAFE';
      expect((await target.unpack([entry])).code).toBe(expected);
    }),
  );

  test("leaves AUFS's own files out", () =>
    attack(async (target) => {
      const { tree } = await target.unpack([
        directory('.wh..wh.plnk'),
        file('.wh..wh.plnk/1.2'),
        file('.wh..wh.aufs'),
        file('kept'),
      ]);
      expect(readdirSync(tree).sort()).toEqual(['kept']);
    }));

  test('cannot speak to OverlayFS through attributes or devices', () =>
    attack(async (target) => {
      const pax = Object.fromEntries(
        ['opaque', 'redirect', 'metacopy', 'whiteout', 'overlay.opaque'].flatMap((name) =>
          ['trusted', 'user'].map((namespace) => [`SCHILY.xattr.${namespace}.overlay.${name}`, 'y']),
        ),
      );
      const { tree } = await target.unpack([
        { name: 'd', type: '5', pax },
        file('d/f', 'x', { pax }),
        { name: 'd/zero', type: '3', device: [0, 0] },
      ]);
      expect(listXattrs(join(tree, 'd'))).toEqual([]);
      expect(listXattrs(join(tree, 'd/f'))).toEqual([]);
      expect(readdirSync(join(tree, 'd'))).toEqual(['f']);
    }));

  test('hides by a device 0:0 what is below, as OverlayFS does, and shows a directory that replaces it alone', () =>
    attack(async (target) => {
      const below = [directory('a'), file('a/x'), directory('b'), file('b/x')];
      const zero = (name: string): RawEntry => ({ name, type: '3', device: [0, 0] });
      const { tree } = await target.unpack([zero('a'), zero('b'), directory('b')], below);
      expect(lstatSync(join(tree, 'a')).rdev).toBe(0);
      expect(lstatSync(join(tree, 'a')).isCharacterDevice()).toBe(true);
      expect(getXattr(join(tree, 'b'), 'trusted.overlay.opaque')?.toString()).toBe('y');
    }));

  test.each<[string, RawEntry[], string]>([
    ['a parent that is a file', [file('f'), file('f/x')], 'LAYER_INCONSISTENT'],
    ['links that go in circles', [symlink('a', 'b'), symlink('b', 'a'), file('a/x')], 'LAYER_INCONSISTENT'],
    ['a link to itself as a parent', [symlink('a', 'a'), file('a/x')], 'LAYER_INCONSISTENT'],
    ['a name that is too long', [file('x', '', { pax: { path: 'n'.repeat(256) } })], 'LAYER_UNPACK_FAILED'],
    ['a path that is too long', [file('x', '', { pax: { path: `${'n/'.repeat(3000)}n` } })], 'LAYER_UNPACK_FAILED'],
    ['a symbolic link to nothing at all', [symlink('l', '')], 'LAYER_UNPACK_FAILED'],
  ])('fails by name for %s', (_, entries, code) =>
    attack(async (target) => {
      expect((await target.unpack(entries)).code).toBe(code);
    }),
  );

  test('says what cannot be unpacked', () =>
    attack(async (target) => {
      const tar = rawTar([file('usr/bin/x'), file('usr/bin/x/y')]);
      const ingest = target.snapshotter.ingestLayer({ stack: [diffIDOf(tar)], blob: Readable.from([tar]) });
      await expect(ingest).rejects.toThrow('cannot unpack into "usr/bin/x": no directory (expected a directory)');
    }));

  test('is never readable by others while it is unpacked, nor is anything of it left open afterwards', () =>
    attack(async (target) => {
      const descriptors = () => readdirSync('/proc/self/fd').length;
      const before = descriptors();
      const tar = rawTar([file('shadow', 'secret', { mode: 0o600 })]);
      let seen = 0;
      const blob = (async function* () {
        yield tar.subarray(0, 600);
        const draft = readdirSync(join(target.layers, 'ingest')).find((name) => !name.endsWith('.lock')) ?? '';
        seen = statSync(join(target.layers, 'ingest', draft)).mode & 0o777;
        yield tar.subarray(600);
      })();
      await target.snapshotter.ingestLayer({ stack: [diffIDOf(tar)], blob });
      expect(seen).toBe(0o700);
      expect(statSync(target.layers).mode & 0o777).toBe(0o700);
      await target.unpack([file('a'), file('a/b')]);
      expect(descriptors()).toBe(before);
    }));
});
