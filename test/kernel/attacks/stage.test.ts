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
import { attackTest, canary, hostMounts, start } from './box.ts';

/** Another container's root, as far as the kernel is concerned. */
function asContainerRoot(script: string): ChildProcess {
  const bounding = ['-all', ...defaultCapabilities.map((name) => `+${name.toLowerCase().slice('CAP_'.length)}`)];
  return spawn('setpriv', [`--bounding-set=${bounding}`, 'sh', '-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
}

const all = {
  bounding: defaultCapabilities,
  permitted: defaultCapabilities,
  effective: defaultCapabilities,
  inheritable: defaultCapabilities,
};

attackTest('nobody with the container’s own powers reads gocker’s memory or environment from it', async () => {
  const found = new Set<string>();
  for (let attempt = 0; attempt < 10; attempt++) {
    let shown: Promise<string> | undefined;
    await run(['sleep', '0.05'], {
      // Each is raised after the identity is the container's: the time in which there is something to see.
      process: { capabilities: { ...all, ambient: defaultCapabilities } },
      prepare: async ({ pid }) => {
        // The shell's own read: starting a program for each look would take longer than there is time.
        const { stdout } = asContainerRoot(`echo ready
          while [ -e /proc/${pid} ]; do read -r map < /proc/${pid}/maps && case $map in
            *node*) echo node;; *busybox*) echo busybox;; esac; done`);
        if (stdout === null) throw new Error('no pipe');
        await new Promise<void>((resolve) => stdout.once('readable', () => resolve()));
        shown = text(stdout);
      },
    });
    for (const line of ((await shown) ?? '').split('\n')) found.add(line);
  }
  // What it reads in the end is the container's program: the attacker is able to read.
  expect([...found].filter((line) => line !== '' && line !== 'ready')).toEqual(['busybox']);
});

attackTest('nothing that it mounts is seen by the host', async () => {
  const { directory, sings } = await canary();
  await using container = await start(['sleep', '1000'], { volumes: [`${directory}:/volume:ro`], tmpfs: ['/t'] });
  expect(await hostMounts()).toEqual([]);
  const inside = readFileSync(`/proc/${container.pid}/mountinfo`, 'utf8');
  expect(inside).toContain(' /volume ');
  // No mount of it is in a peer group with one of the host's: shared, or a slave of one.
  expect(inside.split('\n').filter((line) => / (?:shared|master):/.test(line))).toEqual([]);
  sings();
});
