/**
 * The process that a container becomes, before it is one: a copy of gocker, with gocker's memory, environment and descriptors.
 * Once it has the container's identity, whoever has the same in a pid namespace that they share could trace it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import { defaultCapabilities } from '../../../src/runtime/index.ts';
import { run } from '../runtime/alpine.ts';
import { attackTest } from './box.ts';

/** Another container's root, as far as the kernel is concerned. */
function asContainerRoot(script: string): ChildProcess {
  const bounding = ['-all', ...defaultCapabilities.map((name) => `+${name.toLowerCase().slice('CAP_'.length)}`)];
  return spawn('setpriv', [`--bounding-set=${bounding}`, 'sh', '-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
}

attackTest('nobody with the container’s own powers reads gocker’s environment or maps from it', async () => {
  const ours = readFileSync('/proc/self/environ', 'latin1');
  expect(ours.length).toBeGreaterThan(100);
  let shown: Promise<string> | undefined;
  // It searches this PATH with the powers of the container and the memory of gocker.
  const env = [`PATH=${Array.from({ length: 3000 }, (_, at) => `/nowhere/${at}`).join(':')}:/bin`];
  await run(['sleep', '0.2'], {
    process: { env },
    prepare: async ({ pid }) => {
      const script = `echo ready; while [ -e /proc/${pid} ]; do cat /proc/${pid}/environ /proc/${pid}/maps; done`;
      const { stdout } = asContainerRoot(script);
      if (stdout === null) throw new Error('no pipe');
      await new Promise<void>((resolve) => stdout.once('readable', () => resolve()));
      shown = text(stdout);
    },
  });
  const seen = (await shown) ?? '';
  // What it reads in the end is the container's program: the attacker is able to read.
  expect(seen).toContain('PATH=/nowhere/0:');
  expect(seen).toContain('busybox');
  expect(seen.includes(ours.slice(0, 100))).toBe(false);
  expect(seen).not.toContain('/node');
});

attackTest('nothing that it mounts is seen by the host', async () => {
  const before = readFileSync('/proc/self/mountinfo', 'utf8');
  const during: string[] = [];
  await run(['sh', '-c', 'true'], {
    prepare: async () => {
      during.push(readFileSync('/proc/self/mountinfo', 'utf8'));
    },
  });
  expect(during).toEqual([before]);
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).toBe(before);
});
