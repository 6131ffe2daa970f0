/** The machine code is what its assembly says, and arm64's does what it should, under qemu where this machine is no arm64. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cloneCall } from '../../../src/syscall/clone-call.ts';
import { buffer, type KernelCall, resultOf } from '../../../src/syscall/kernel-call.ts';
import { layOut } from '../../../src/syscall/tape/layout.ts';
import { assembly, type Listing, machineCode } from '../../../src/syscall/tape/listing.ts';
import { arm64 } from '../../../src/syscall/tape/player-arm64.ts';
import { x64 } from '../../../src/syscall/tape/player-x64.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gocker-players-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function found(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

function run(program: string, args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, { timeout: 20_000 });
  return { status, stdout: stdout.toString('latin1'), stderr: stderr.toString() };
}

function assemble(prefix: string, listing: Listing, head: string): Buffer {
  const file = (extension: string) => join(folder, `${prefix}player.${extension}`);
  writeFileSync(file('s'), head + assembly(listing));
  expect(run(`${prefix}as`, ['-o', file('o'), file('s')])).toMatchObject({ status: 0, stderr: '' });
  expect(run(`${prefix}objcopy`, ['-O', 'binary', file('o'), file('bin')])).toMatchObject({ status: 0, stderr: '' });
  return readFileSync(file('bin'));
}

const x64Prefix = ['', 'x86_64-linux-gnu-'].find(
  (prefix) => (prefix !== '' || process.arch === 'x64') && found(`${prefix}as`),
);
const arm64Prefix = ['', 'aarch64-linux-gnu-'].find(
  (prefix) => (prefix !== '' || process.arch === 'arm64') && found(`${prefix}as`),
);

test.skipIf(x64Prefix === undefined)('GNU as makes the x86-64 player from its listing', () => {
  expect(assemble(x64Prefix ?? '', x64, '.intel_syntax noprefix\n')).toEqual(Buffer.from(machineCode(x64)));
});

test.skipIf(arm64Prefix === undefined)('GNU as makes the arm64 player from its listing', () => {
  expect(assemble(arm64Prefix ?? '', arm64, '')).toEqual(Buffer.from(machineCode(arm64)));
});

test('both players are small, and play is where they begin', () => {
  for (const listing of [x64, arm64]) {
    expect(listing[0]).toEqual(['play:']);
    expect(listing.filter((line) => line.length === 2).length).toBeLessThan(72);
  }
});

const BASE = 0x400000;
const CODE = 0x1000;
const TAPE = 0x2000;
const emulator = process.arch === 'arm64' ? ['env'] : ['qemu-aarch64-static', 'qemu-aarch64'].filter(found);

function labelOf(name: string): number {
  const at = arm64.findIndex(([text]) => text === `${name}:`);
  return machineCode(arm64.slice(0, at)).length;
}

/** A static program: a few instructions that enter the player with the tape's address in a register, then the tape. */
function program(enter: 'play' | 'child', calls: readonly KernelCall[]): string {
  const { image } = layOut(calls, { architecture: 'arm64', clone: cloneCall(['CLONE_PIDFD'], 'test') });
  const tape = image.at(BigInt(BASE + TAPE));
  const file = Buffer.alloc(TAPE + tape.length);
  file.write('\x7fELF\x02\x01\x01', 'latin1');
  file.writeUInt16LE(2, 16); // ET_EXEC
  file.writeUInt16LE(183, 18); // EM_AARCH64
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(BigInt(BASE + CODE), 24); // entry
  file.writeBigUInt64LE(64n, 32); // program headers
  file.writeUInt16LE(64, 52);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(1, 56);
  file.writeUInt32LE(1, 64); // PT_LOAD
  file.writeUInt32LE(7, 68);
  file.writeBigUInt64LE(BigInt(BASE), 80);
  file.writeBigUInt64LE(BigInt(BASE), 88);
  file.writeBigUInt64LE(BigInt(file.length), 96);
  file.writeBigUInt64LE(BigInt(file.length), 104);
  file.writeBigUInt64LE(0x1000n, 112);

  const player = CODE + 32;
  const distance = (player + labelOf(enter) - (CODE + 4)) / 4;
  const stub =
    enter === 'play'
      ? [0x580000c0, 0x94000000 + distance, 0xcb0003e0, 0xd2800bc8, 0xd4000001] // ldr x0, tape; bl; neg x0, x0; exit_group
      : [0x580000c9, 0x14000000 + distance]; // ldr x9, tape; b
  stub.forEach((word, index) => {
    file.writeUInt32LE(word, CODE + 4 * index);
  });
  file.writeBigUInt64LE(BigInt(BASE + TAPE), CODE + 24);
  file.set(machineCode(arm64), player);
  file.set(tape, TAPE);
  const path = join(folder, `${enter}-${calls.length}-${calls[0]?.call}`);
  writeFileSync(path, file, { mode: 0o755 });
  return path;
}

const write = (text: string, fd: KernelCall['args'][number] = 1): KernelCall => ({
  call: 'write',
  args: [fd, text, text.length],
  why: 'to be seen',
});

describe.skipIf(emulator.length === 0)('the arm64 player', () => {
  const play = (enter: 'play' | 'child', calls: readonly KernelCall[]) =>
    run(emulator[0] ?? '', [program(enter, calls)]);

  test('plays calls in order, hands results on in 64 and in 32 bits, and ends with 0', () => {
    const calls: KernelCall[] = [
      write('one,'),
      { call: 'fcntl', args: [1, 0, 9], why: 'F_DUPFD', result: 'copy' },
      write('two,', resultOf('copy')),
      {
        call: 'write',
        args: [1, buffer('', new Uint8Array(8).fill(0xff), [{ offset: 2, kind: 'result', of: 'copy' }]), 8],
        why: 'shows the field',
      },
    ];
    const { status, stdout } = play('child', calls);
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'one,two,\xff\xff\x09\0\0\0\xff\xff' });
  });

  test('passes a failure that is allowed by name, or any, and stops with 125 at one that is not', () => {
    const open = (allow: readonly string[] | 'any'): KernelCall => ({
      call: 'openat',
      args: [-100, '/nowhere/at/all', 0],
      why: 'fails',
      allow,
    });
    expect(
      play('child', [open(['EPERM', 'ENOENT']), open('any'), write('on'), open(['EPERM']), write('not here')]),
    ).toEqual({
      status: 125,
      stdout: 'on',
      stderr: '',
    });
  });

  test('stops where a result is less than it must be', () => {
    const read: KernelCall = {
      call: 'read',
      args: [0, buffer('', new Uint8Array(1)), 1],
      why: 'end of file',
      atLeast: 1,
    };
    expect(play('child', [write('a'), read, write('b')])).toMatchObject({ status: 125, stdout: 'a' });
  });

  test('plays in rounds, with sums of lseek(2), until as much is reached as another call returned', () => {
    const calls: KernelCall[] = [
      { call: 'memfd_create', args: ['counter', 0], why: 'a position to count with', result: 'counter' },
      { call: 'lseek', args: [resultOf('counter'), 3, 0], why: 'how often', result: 'three' },
      { call: 'lseek', args: [resultOf('counter'), 0, 0], why: 'from 0 on' },
      { ...write('again,'), label: 'again' },
      {
        call: 'lseek',
        args: [resultOf('counter'), 1, 1],
        atLeast: { kind: 'result', of: 'three' },
        next: 'done',
        otherwise: 'again',
        why: 'one more',
      },
      write('never'),
      { call: 'openat', args: [-100, '/nowhere', 0], label: 'done', on: { ENOENT: 'end' }, why: 'fails' },
      write('never'),
      { ...write('end'), label: 'end' },
    ];
    expect(play('child', calls)).toMatchObject({ status: 0, stdout: 'again,again,again,end' });
  });

  test('plays on in both processes, each at its own place', () => {
    const calls: KernelCall[] = [
      { call: 'clone', args: [17, 0, 0, 0, 0], forks: { at: 'new' }, why: 'two of us', result: 'pid' },
      { call: 'wait4', args: [resultOf('pid'), null, 0, null], atLeast: 1, why: 'the other first' },
      write('maker'),
      { call: 'exit_group', args: [7], why: 'ends' },
      { ...write('new,'), label: 'new' },
    ];
    expect(play('child', calls)).toMatchObject({ status: 7, stdout: 'new,maker' });
  });

  test('leaves the maker of a process at a clone that forks, and plays on in the new one', () => {
    const fork: KernelCall = { call: 'clone', args: [17, 0, 0, 0, 0], why: 'two of us', forks: true };
    expect(play('child', [write('once,'), fork, write('once')])).toMatchObject({ status: 0, stdout: 'once,once' });
  });

  // qemu-user has no clone3, so its number comes back as ENOSYS, 38. test/kernel sees a real clone.
  test.skipIf(process.arch === 'arm64')('returns to the parent what clone3 returns', () => {
    expect(play('play', [])).toMatchObject({ status: 38, stdout: '' });
  });
});
