/** Nothing is left behind: descriptors, mappings, processes; however many there are, and however they end. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  buffer,
  cloneAndPlay,
  environment,
  handOver,
  type KernelCall,
  resultOf,
  strings,
  waitAtGate,
} from '../../../src/syscall/index.ts';

const exec: KernelCall = {
  call: 'execve',
  args: ['/bin/true', strings(['true']), environment([])],
  why: 'the program',
};
const open = (path: string): KernelCall => ({ call: 'openat', args: [-100, path, 0], why: 'test', result: 'fd' });
const big: KernelCall = { call: 'close', args: [buffer('big', new Uint8Array(1 << 20))], why: 'test', allow: 'any' };

function held() {
  const fds = readdirSync('/proc/self/fd').map(Number);
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim();
  const maps = readFileSync('/proc/self/maps', 'utf8').split('\n');
  // Code that is no file's is the player's, or V8's, which takes 256 KiB at a time.
  const tapes = maps.filter((line) => line.includes('rw-s') && line.includes('/memfd:gocker-tape'));
  const writable = maps.filter((line) => / [r-]wx/.test(line) && sizeOf(line) < 65_536);
  return { fds: fds.length, children, tapes: tapes.length, writableCode: writable.length };
}

function sizeOf(mapping: string): number {
  const [start = 0, end = 0] = (mapping.split(' ')[0] ?? '').split('-').map((address) => Number.parseInt(address, 16));
  return end - start;
}

async function wind(calls: readonly KernelCall[], end: (child: ReturnType<typeof cloneAndPlay>) => void = () => {}) {
  const child = cloneAndPlay(calls);
  end(child);
  await child.exited();
}

test('200 children leave no descriptor, no mapping and no zombie', async () => {
  await wind([exec]);
  const before = held();
  for (let round = 0; round < 40; round++) {
    await wind([exec]);
    await wind([big, exec]);
    await wind([open('/nowhere'), exec]);
    await wind([...waitAtGate(), exec], (child) => child.kill('SIGKILL'));
    await wind([open('/etc/passwd'), handOver('fd', 'test'), open('/nowhere')]);
    expect(() => cloneAndPlay([exec], { cgroup: 0 })).toThrow();
    expect(() => cloneAndPlay([{ ...exec, call: 'nothing' }])).toThrow();
    expect(() => cloneAndPlay([{ ...exec, args: [resultOf('nobody')] }])).toThrow();
  }
  expect(held()).toEqual(before);
});

test('a hundred children at once wait at their gates, and each goes its own way', async () => {
  const before = held();
  const children = Array.from({ length: 100 }, (_, index) =>
    cloneAndPlay([
      ...waitAtGate(),
      {
        call: 'execve',
        args: ['/bin/sh', strings(['sh', '-c', `exit ${index}`]), environment([])],
        why: 'the program',
      },
    ]),
  );
  expect(new Set(children.map(({ pid }) => pid)).size).toBe(100);
  expect(held().tapes - before.tapes).toBe(100);
  for (const child of children.toReversed()) child.openGate();
  const ends = await Promise.all(children.map((child) => child.exited()));
  expect(ends).toEqual(children.map((_, index) => ({ kind: 'exited', exitCode: index })));
  expect(held()).toEqual(before);
});

test('a child that is given up holds nobody else at a gate', async () => {
  const [first, second] = [cloneAndPlay([...waitAtGate(), exec]), cloneAndPlay([...waitAtGate(), exec])];
  first.kill('SIGKILL');
  expect((await first.settled()).kind).toBe('killed');
  second.openGate();
  expect((await second.settled()).kind).toBe('executed');
  await Promise.all([first.exited(), second.exited()]);
});
