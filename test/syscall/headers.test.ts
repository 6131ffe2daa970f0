/** Our numbers against the kernel's own headers (Debian: linux-libc-dev). */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as files from '../../src/syscall/constants/file.ts';
import * as mounts from '../../src/syscall/constants/mount.ts';
import * as processes from '../../src/syscall/constants/process.ts';
import * as sockets from '../../src/syscall/constants/socket.ts';
import { errnoName, errnoNumber } from '../../src/syscall/errno.ts';
import { syscallNames, syscallNumber } from '../../src/syscall/syscall-numbers.ts';

const folder = '/usr/include';
const x64Header = `${folder}/x86_64-linux-gnu/asm/unistd_64.h`;
const genericHeader = `${folder}/asm-generic/unistd.h`;

/** Calls that a header may be too old for. */
const young = ['fchmodat2'];

function callNumbers(path: string): Map<string, number> {
  const pattern = /^#define __NR(?:3264)?_(\w+)\s+(\d+)/gm;
  const calls = new Map([...readFileSync(path, 'utf8').matchAll(pattern)].map(([, name = '', n]) => [name, Number(n)]));
  const fstatat = calls.get('fstatat');
  return fstatat === undefined ? calls : calls.set('newfstatat', fstatat);
}

for (const [architecture, header] of [
  ['x64', x64Header],
  ['arm64', genericHeader],
] as const) {
  test.skipIf(!existsSync(header))(`the call numbers of ${architecture} are those of ${header}`, () => {
    const numbers = callNumbers(header);
    const wrong = syscallNames().filter(
      (name) =>
        numbers.get(name) !== syscallNumber(name, architecture) && !(young.includes(name) && !numbers.has(name)),
    );
    expect(wrong).toEqual([]);
    expect(syscallNames().length).toBeGreaterThan(150);
  });
}

/** `#define NAME value`, and `NAME = value` of an enum; a value may name an earlier one or or several. */
function definitions(): Map<string, number> {
  const values = new Map<string, number>();
  const headers = [
    'linux/mount.h',
    'linux/sched.h',
    'linux/prctl.h',
    'linux/openat2.h',
    'linux/seccomp.h',
    'linux/capability.h',
    'linux/keyctl.h',
    'linux/stat.h',
    'linux/fcntl.h',
    'linux/wait.h',
    'linux/close_range.h',
    'linux/sockios.h',
    'linux/if.h',
    'asm-generic/fcntl.h',
    'asm-generic/resource.h',
    'asm-generic/ioctls.h',
    'asm-generic/socket.h',
    'asm-generic/signal-defs.h',
  ];
  for (const header of headers) {
    const text = readFileSync(`${folder}/${header}`, 'utf8').replace(/\/\*[\s\S]*?\*\//g, ' ');
    for (const [, name = '', , value = ''] of text.matchAll(
      /^\s*(?:#\s*define\s+)?(\w+)(\s*=\s*|[ \t]+)(\S[^,\n]*)/gm,
    )) {
      const words = value
        .replace(/[()]/g, ' ')
        .trim()
        .split(/\s*\|\s*|\s+/);
      const numbers = words.map((word) => values.get(word) ?? parse(word));
      if (numbers.every((number) => !Number.isNaN(number)))
        values.set(
          name,
          numbers.reduce((sum, bit) => sum + bit, 0),
        );
    }
  }
  return values;
}

function parse(word: string): number {
  const [, one, shift] = /^(\d+)U?L?<<(\d+)$/.exec(word) ?? [];
  if (one !== undefined) return Number(one) * 2 ** Number(shift);
  const digits = word.replace(/[uUlL]+$/, '');
  return /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : digits === '' ? Number.NaN : Number(digits);
}

test.skipIf(!existsSync(`${folder}/linux/mount.h`))('the constants are those of the kernel headers', () => {
  const defined = definitions();
  const ours = [files, mounts, processes, sockets]
    .flatMap((module) => Object.values(module))
    .filter((value): value is Readonly<Record<string, number>> => typeof value === 'object' && !('kind' in value))
    .flatMap((family) => Object.entries(family));
  // These four differ between the architectures, and come from Node.
  const own = ['O_DIRECTORY', 'O_NOFOLLOW', 'O_DIRECT', 'O_TMPFILE'];
  const checked = ours.filter(([name]) => defined.has(name) && !own.includes(name));
  expect(checked.filter(([name, value]) => defined.get(name) !== value)).toEqual([]);
  // The rest stands in libc's headers, or is younger than these.
  expect(checked.length).toBeGreaterThan(125);
});

test.skipIf(!existsSync(`${folder}/asm-generic/errno.h`))('the error numbers are those of the kernel headers', () => {
  const text = ['errno-base.h', 'errno.h']
    .map((name) => readFileSync(`${folder}/asm-generic/${name}`, 'utf8'))
    .join('');
  const defined = [...text.matchAll(/^#define\s+(E\w+)\s+(\d+)/gm)].map(
    ([, name = '', n]) => [name, Number(n)] as const,
  );
  const named = defined.filter(([, number]) => !errnoName(number).startsWith('errno'));
  expect(named.length).toBeGreaterThan(95);
  expect(named.filter(([name, number]) => errnoName(number) !== name || errnoNumber(name) !== number)).toEqual([]);
});
