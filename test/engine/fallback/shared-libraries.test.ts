import { execFileSync } from 'node:child_process';
import { realpathSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { resolvePath } from '../../../src/engine/fallback/rooted-path.ts';
import { SharedLibraries } from '../../../src/engine/fallback/shared-libraries.ts';
import { type ElfParts, I386, makeElf } from './elf-maker.ts';
import { someElves } from './host-elves.ts';
import { makeSysroot } from './sysroot.ts';

const LOADER = '/lib64/ld-linux-x86-64.so.2';
const library = (parts: ElfParts = {}) => makeElf(parts);
const program = (parts: ElfParts) => makeElf({ interpreter: LOADER, ...parts });

function needsOf(root: string, path: string) {
  const found = resolvePath(root, path);
  if (found === undefined) throw new Error(`no ${path} in the sysroot`);
  const needs = new SharedLibraries(root).needsOf(found);
  if (needs.kind === 'incomplete') return needs.reason;
  return { files: needs.files.map((file) => file.path), configured: needs.configured };
}

test('libraries are found through libraries, each once, the loader first', () => {
  const root = makeSysroot({
    '/bin/sh': program({ needed: ['liba.so.1', 'libc.so.6'] }),
    '/usr/lib/liba.so.1': library({ needed: ['libb.so', 'libc.so.6'] }),
    '/lib/libb.so': library(),
    '/lib/libc.so.6': library({ needed: ['ld-linux-x86-64.so.2'] }),
    [LOADER]: library(),
  });
  expect(needsOf(root, '/bin/sh')).toEqual({
    files: [LOADER, '/usr/lib/liba.so.1', '/lib/libc.so.6', '/lib/libb.so'],
    configured: [],
  });
});

test('DT_RUNPATH goes before the configuration, and the configuration before the loader’s own directories', () => {
  const root = makeSysroot({
    '/bin/sh': program({ needed: ['liba.so', 'libb.so', 'libc.so'], runpath: '$ORIGIN/../private:/nowhere' }),
    '/private/liba.so': library(),
    '/opt/lib/liba.so': library(),
    '/opt/lib/libb.so': library(),
    '/lib/liba.so': library(),
    '/lib/libb.so': library(),
    '/lib/libc.so': library(),
    [LOADER]: library(),
    '/etc/ld.so.conf': '/opt/lib\n/opt/unused\n',
  });
  expect(needsOf(root, '/bin/sh')).toEqual({
    files: [LOADER, '/private/liba.so', '/opt/lib/libb.so', '/lib/libc.so'],
    configured: ['/opt/lib'],
  });
});

test('DT_RPATH holds for the libraries of libraries, and DT_RUNPATH does not', () => {
  const files = (paths: ElfParts) => ({
    '/bin/sh': program({ needed: ['liba.so'], ...paths }),
    '/private/liba.so': library({ needed: ['libb.so'] }),
    '/private/libb.so': library(),
    [LOADER]: library(),
  });
  expect(needsOf(makeSysroot(files({ rpath: '/private' })), '/bin/sh')).toMatchObject({
    files: [LOADER, '/private/liba.so', '/private/libb.so'],
  });
  expect(needsOf(makeSysroot(files({ runpath: '/private' })), '/bin/sh')).toBe('library "libb.so" is not there');
});

test('a DT_RUNPATH silences the DT_RPATH beside it', () => {
  const root = makeSysroot({
    '/bin/sh': program({ needed: ['liba.so'], rpath: '/old', runpath: '/new' }),
    '/old/liba.so': library(),
    '/new/liba.so': library(),
    [LOADER]: library(),
  });
  expect(needsOf(root, '/bin/sh')).toMatchObject({ files: [LOADER, '/new/liba.so'] });
});

test('a library of another machine, or what is none, is passed over', () => {
  const root = makeSysroot({
    '/bin/sh': program({ needed: ['libc.so'] }),
    '/lib64/libc.so': library({ bits: 32, machine: I386 }),
    '/usr/lib64/libc.so': '/* GNU ld script */ GROUP ( /lib/libc.so.6 )',
    '/lib/libc.so': library(),
    [LOADER]: library(),
  });
  expect(needsOf(root, '/bin/sh')).toMatchObject({ files: [LOADER, '/lib/libc.so'] });
});

test('a program whose loader is not there says so', () => {
  expect(needsOf(makeSysroot({ '/bin/sh': program({}) }), '/bin/sh')).toBe(`its loader "${LOADER}" is not there`);
});

test('musl’s loader is its libc, by all names of its parts', () => {
  const root = makeSysroot({
    '/bin/sh': makeElf({
      interpreter: '/lib/ld-musl-x86_64.so.1',
      needed: ['libc.so', 'libpthread.so.0', 'libz.so.1'],
    }),
    '/lib/ld-musl-x86_64.so.1': library(),
    '/usr/local/lib/libz.so.1': library(),
  });
  expect(needsOf(root, '/bin/sh')).toMatchObject({
    files: ['/lib/ld-musl-x86_64.so.1', '/usr/local/lib/libz.so.1'],
  });
});

test('libraries that need each other come to an end', () => {
  const root = makeSysroot({
    '/bin/sh': program({ needed: ['liba.so'] }),
    '/lib/liba.so': library({ needed: ['libb.so'] }),
    '/lib/libb.so': library({ needed: ['liba.so'] }),
    [LOADER]: library(),
  });
  expect(needsOf(root, '/bin/sh')).toMatchObject({ files: [LOADER, '/lib/liba.so', '/lib/libb.so'] });
});

const ldd = statSync('/usr/bin/ldd', { throwIfNoEntry: false }) !== undefined;

test.skipIf(!ldd)('needsOf() agrees with ldd(1) on the programs of this machine (skipped without ldd)', () => {
  const libraries = new SharedLibraries('/');
  let compared = 0;
  for (const path of someElves(40)) {
    const found = resolvePath('/', path);
    const needs = found && libraries.needsOf(found);
    if (needs?.kind !== 'complete' || needs.files.length === 0) continue;
    expect({ path, files: needs.files.map((file) => file.path).sort() }).toEqual({ path, files: askLdd(path) });
    compared++;
  }
  expect(compared).toBeGreaterThan(10);
});

/** Through a symlink, ldd takes $ORIGIN for the link's place; a program that is started knows its own. */
function askLdd(path: string): string[] {
  const env = { ...process.env, LD_LIBRARY_PATH: undefined };
  const text = execFileSync('ldd', [realpathSync(path)], { encoding: 'utf8', env });
  const paths = [...text.matchAll(/(?:=> |^\t)(\/\S+) \(/gm)].map((match) => realpathSync(match[1] ?? ''));
  return [...new Set(paths)].sort();
}
