import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { parseElf } from '../../../src/engine/fallback/elf.ts';
import { readElf } from '../../../src/engine/fallback/shared-libraries.ts';
import { GockerError } from '../../../src/errors/index.ts';
import { makeElf } from './elf-maker.ts';
import { someElves } from './host-elves.ts';

function parse(bytes: Uint8Array) {
  return parseElf('test', (offset, length) => bytes.subarray(offset, offset + length));
}

test.each([
  ['64-bit little-endian', { bits: 64, endian: 'little', machine: 62 }],
  ['64-bit big-endian', { bits: 64, endian: 'big', machine: 22 }],
  ['32-bit little-endian', { bits: 32, endian: 'little', machine: 40 }],
  ['32-bit big-endian', { bits: 32, endian: 'big', machine: 8 }],
] as const)('parseElf() reads a %s file', (_, { bits, endian, machine }) => {
  const parts = { interpreter: '/lib/ld.so', needed: ['libb.so.1', 'liba.so'], rpath: '/a:$ORIGIN', runpath: '/b::/c' };
  expect(parse(makeElf({ bits, endian, machine, ...parts }))).toEqual({
    machine: { bits, endian, number: machine },
    interpreter: '/lib/ld.so',
    needed: ['libb.so.1', 'liba.so'],
    rpath: ['/a', '$ORIGIN'],
    runpath: ['/b', '/c'],
  });
});

test('parseElf() says undefined of what is no ELF file', () => {
  for (const text of ['', '#!/bin/sh\n', '\x7fEL', '\x7fELG plus some more text']) {
    expect(parse(Buffer.from(text, 'latin1'))).toBeUndefined();
  }
});

test('parseElf() takes a static program for what it is: no loader, no needs', () => {
  expect(parse(makeElf())).toMatchObject({ interpreter: undefined, needed: [], rpath: [], runpath: [] });
});

describe('parseElf() refuses', () => {
  const whole = makeElf({ interpreter: '/lib/ld.so', needed: ['libc.so.6'] });
  const broken = (change: (file: Buffer) => void) => {
    const file = Buffer.from(whole);
    change(file);
    return () => parse(file);
  };
  const cases: Readonly<Record<string, [() => unknown, RegExp]>> = {
    'an unknown class': [broken((file) => file.writeUInt8(3, 4)), /its header is damaged/],
    'an unknown byte order': [broken((file) => file.writeUInt8(0, 5)), /its header is damaged/],
    '65,535 program headers': [broken((file) => file.writeUInt16LE(0xffff, 56)), /65535 program headers/],
    'program headers of another size': [broken((file) => file.writeUInt16LE(1, 54)), /program headers have 1 bytes/],
    'program headers beyond 2⁵³': [broken((file) => file.writeBigUInt64LE(2n ** 63n, 32)), /beyond any file/],
    'program headers beyond the end': [broken((file) => file.writeBigUInt64LE(1n << 40n, 32)), /it ends before byte/],
    'a dynamic section of 1 TiB': [
      broken((file) => file.writeBigUInt64LE(1n << 40n, 64 + 56 + 32)),
      /dynamic section has/,
    ],
    'a string table outside of what is loaded': [broken((file) => file.writeBigUInt64LE(1n, 64 + 32)), /lies outside/],
    'a name without an end': [() => parse(whole.subarray(0, whole.length - 1)), /has no end/],
  };
  test.each(Object.entries(cases))('%s', (_, [act, message]) => {
    expect(act).toThrow(GockerError);
    expect(act).toThrow(message);
  });
});

test('parseElf() of a file cut or changed anywhere gives a result or ELF_INVALID, and never asks for much', () => {
  const whole = makeElf({ interpreter: '/lib/ld.so', needed: ['liba.so', 'libb.so'], runpath: '$ORIGIN' });
  let asked = 0;
  const tryOne = (bytes: Buffer) => {
    try {
      parseElf('test', (offset, length) => {
        asked = Math.max(asked, length);
        return bytes.subarray(offset, offset + length);
      });
    } catch (error) {
      expect(error).toMatchObject({ code: 'ELF_INVALID' });
    }
  };
  for (let at = 0; at < whole.length; at++) {
    tryOne(whole.subarray(0, at));
    for (const value of [0, 1, 0x7f, 0xff]) {
      const changed = Buffer.from(whole);
      changed[at] = value;
      tryOne(changed);
    }
  }
  expect(asked).toBeLessThanOrEqual(65_536);
});

const readelf = oracle('readelf', ['--version']);

test.skipIf(!readelf)(
  'readElf() agrees with readelf(1) on the programs of this machine (skipped without readelf)',
  () => {
    const programs = someElves(60);
    expect(programs.length).toBeGreaterThan(10);
    for (const path of [...programs, process.execPath]) {
      const text = execFileSync('readelf', ['--wide', '-l', '-d', path], { encoding: 'utf8', stdio: 'pipe' });
      const elf = readElf(path);
      expect({
        path,
        interpreter: elf?.interpreter,
        needed: elf?.needed,
        paths: [...(elf?.rpath ?? []), ...(elf?.runpath ?? [])],
      }).toEqual({
        path,
        interpreter: /interpreter: (.*)\]/.exec(text)?.[1],
        needed: [...text.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map((match) => match[1]),
        paths: [...text.matchAll(/\((?:RPATH|RUNPATH)\).*\[(.*)\]/g)].flatMap((match) => match[1]?.split(':')),
      });
    }
  },
);

function oracle(program: string, args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
