/** The handover's machine code is what its assembly says, and it plays on where a tape is, under qemu for the other machine. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cloneCall } from '../../../src/syscall/clone-call.ts';
import { handoverListing, handoverProgram } from '../../../src/syscall/handover/program.ts';
import { type KernelCall, strings } from '../../../src/syscall/kernel-call.ts';
import { type Layout, layOut } from '../../../src/syscall/tape/layout.ts';
import { assembly, machineCode } from '../../../src/syscall/tape/listing.ts';
import { ENTRY, TAPE } from '../../../src/syscall/tape/memory-format.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gocker-handover-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function found(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

const machines = [
  { architecture: 'x64', prefixes: ['x86_64-linux-gnu-'], emulators: ['qemu-x86_64-static', 'qemu-x86_64'] },
  { architecture: 'arm64', prefixes: ['aarch64-linux-gnu-'], emulators: ['qemu-aarch64-static', 'qemu-aarch64'] },
] as const;

describe.each(machines)('the handover for $architecture', ({ architecture, prefixes, emulators }) => {
  const own = process.arch === architecture;
  const prefix = [...prefixes, ...(own ? [''] : [])].find((name) => found(`${name}as`));
  const emulator = own ? [] : emulators.filter(found).slice(0, 1);

  test.skipIf(prefix === undefined).each(['reaper', 'ends'] as const)(
    'is what GNU as makes of its listing, whose maker of a process %s',
    (maker) => {
      const file = (extension: string) => join(folder, `${architecture}-${maker}.${extension}`);
      const listing = handoverListing(architecture, maker);
      writeFileSync(file('s'), (architecture === 'x64' ? '.intel_syntax noprefix\n' : '') + assembly(listing));
      const assembled = spawnSync(`${prefix}as`, ['-o', file('o'), file('s')]);
      expect(assembled.stderr.toString()).toBe('');
      spawnSync(`${prefix}objcopy`, ['-O', 'binary', file('o'), file('bin')]);
      expect(readFileSync(file('bin'))).toEqual(Buffer.from(machineCode(listing)));
    },
  );

  test('fits into one page', () => {
    expect(handoverProgram(architecture).bytes.length).toBeLessThan(4096);
  });

  /** Runs the handover in the middle of a tape, whose first call stands for the execve that started it. */
  async function playOn(calls: readonly KernelCall[], act: (pid: number) => void = () => {}) {
    const address = 0x10_0000_0000n;
    const started: KernelCall = { call: 'execveat', args: [], why: 'the handover', playsOn: true };
    const all = [started, ...calls];
    const { image, entries } = layOut(all, { architecture, clone: cloneCall(['CLONE_PIDFD'], 'test') });
    const tape = Buffer.from(image.at(address));
    tape.writeBigUInt64LE(address + BigInt(entries[0] ?? 0), TAPE.current);
    const path = join(folder, 'tape');
    writeFileSync(path, tape);

    const program = Buffer.from(handoverProgram(architecture).bytes);
    program.writeBigUInt64LE(address, 176);
    program.writeBigUInt64LE(BigInt(image.size), 184);
    program.writeInt32LE(3, 192);
    program.writeInt32LE(4, 196);
    const file = join(folder, 'program');
    rmSync(file, { force: true });
    writeFileSync(file, program, { mode: 0o755 });

    const fd = openSync(path, 'r+');
    const [command = file, ...args] = [...emulator, file];
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'inherit', fd, 'pipe'],
      timeout: 20_000,
      killSignal: 'SIGKILL',
    });
    closeSync(fd);
    let stdout = '';
    child.stdout?.on('data', (text) => {
      if (stdout === '') act(child.pid ?? 0);
      stdout += text;
    });
    const [status, signal] = await once(child, 'close');
    return { status, signal, stdout, results: resultsOf(readFileSync(path), entries) };
  }

  const runs = test.skipIf(!own && emulator.length === 0);

  runs('plays on behind the call that started it, on the same tape', async () => {
    const none: KernelCall = { call: 'openat', args: [-100, '/nowhere', 0], why: 'fails', allow: ['ENOENT'] };
    const { status, stdout, results } = await playOn([write('on,'), none, write('and on')]);
    expect({ status, stdout, results }).toEqual({ status: 0, stdout: 'on,and on', results: [0, 3, -2, 6] });
  });

  runs('stops with 125 where a call fails', async () => {
    const none: KernelCall = { call: 'openat', args: [-100, '/nowhere', 0], why: 'fails' };
    expect(await playOn([none, write('no')])).toMatchObject({ status: 125, stdout: '' });
  });

  runs('exits with 126 where there is no tape', () => {
    const file = join(folder, 'alone');
    writeFileSync(file, handoverProgram(architecture).bytes, { mode: 0o755 });
    const [command = file, ...args] = [...emulator, file];
    expect(spawnSync(command, args).status).toBe(126);
  });

  const shell = (script: string): KernelCall => ({
    call: 'execve',
    args: ['/bin/sh', strings(['sh', '-c', script]), strings(['PATH=/usr/bin:/bin'])],
    why: 'the program',
  });
  const mask = (how: number, bits: number): KernelCall => ({
    call: 'rt_sigprocmask',
    args: [how, { kind: 'buffer', bytes: new Uint8Array(8).fill(bits), text: '' }, null, 8],
    why: 'as after a clone, as before a program',
  });
  const block = mask(0, 0xff);
  const unblock = mask(2, 0);
  const leaveReaper: KernelCall = { call: 'clone', args: [17, 0, 0, 0, 0], why: 'the program', forks: 'reaper' };

  runs('ends as its program does where it stays as a reaper', async () => {
    expect(await playOn([block, leaveReaper, shell('exit 42')])).toMatchObject({ status: 42, signal: null });
    expect(await playOn([block, leaveReaper, shell('kill -KILL $$')])).toMatchObject({ status: 137, signal: null });
    const missing: KernelCall = { ...shell(''), args: ['/nowhere', strings([]), strings([])] };
    expect(await playOn([block, leaveReaper, missing])).toMatchObject({ status: 125, signal: null });
  });

  runs('passes signals on to its program', async () => {
    const waiting = shell('trap "echo heard; exit 7" TERM; echo ready; while :; do sleep 0.05; done');
    const ended = await playOn([block, leaveReaper, unblock, waiting], (pid) => process.kill(pid, 'SIGTERM'));
    expect(ended).toMatchObject({ status: 7, stdout: 'ready\nheard\n' });
  });
});

function write(text: string): KernelCall {
  return { call: 'write', args: [1, text, text.length], why: 'to be seen' };
}

function resultsOf(tape: Buffer, entries: Layout['entries']): number[] {
  return entries.slice(0, -1).map((entry) => Number(tape.readBigInt64LE(entry + ENTRY.result)));
}
