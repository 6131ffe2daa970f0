/**
 * Descriptors and working directories that lead out: CVE-2024-21626. gocker's own descriptors close on exec; those that it
 * was itself started with may not.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer as bytesOf, text } from 'node:stream/consumers';
import { expect } from 'vitest';
import { cli } from '../../e2e/host.ts';
import { type AttackCall, attackProgram, readAttempts } from '../../support/attack/index.ts';
import { attacked, attackTest, attempt, canary, imageWithLink, refusal, run, scratch } from './box.ts';

const getFlags = 1;
const all = Array.from({ length: 64 }, (_, index) => index + 3);

/** Is it open, does it lead to a directory, is it a namespace to enter? */
const probes: AttackCall[] = all.flatMap((fd) => [
  { call: 'fcntl', args: [fd, getFlags] },
  { call: 'fchdir', args: [fd] },
  { call: 'setns', args: [fd, 0] },
]);

attackTest('a container has no descriptor but stdin, stdout and stderr', async () => {
  const { directory } = await canary();
  const fd = openSync(directory, 'r');
  const attempts = await attempt(probes.filter(({ call }) => call !== 'setns'));
  closeSync(fd);
  expect(new Set(attempts.map(({ error }) => error))).toEqual(new Set(['EBADF']));
});

attackTest('not even those that gocker was started with, and that don’t close on exec', async () => {
  const { host } = await attacked();
  await run(['true']);
  const { directory, sings } = await canary();
  const folder = await scratch('program');
  writeFileSync(join(folder, 'attack'), attackProgram(probes), { mode: 0o755 });
  // Beyond those which Node closes of its own accord at its start.
  const kept = [openSync(directory, 'r'), openSync('/proc/self/ns/mnt', 'r'), openSync('/', 'r')];
  const gap: 'ignore'[] = Array(40).fill('ignore');
  const command = ['run', '--rm', '-v', `${folder}:/attack:ro`, 'alpine', '/attack/attack'];
  const child = spawn(process.execPath, [cli, ...command], {
    env: host.env,
    stdio: ['ignore', 'pipe', 'pipe', ...gap, ...kept],
  });
  if (child.stdout === null || child.stderr === null) throw new Error('no pipes');
  const [output, errors] = await Promise.all([bytesOf(child.stdout), text(child.stderr)]);
  for (const fd of kept) closeSync(fd);
  expect(errors).toBe('');
  const attempts = readAttempts(probes, output);
  expect(attempts.filter(({ call }) => call !== 'setns').map(({ error }) => error)).toEqual(
    Array(2 * all.length).fill('EBADF'),
  );
  expect(attempts.filter(({ error }) => error === undefined)).toEqual([]);
  sings();
});

attackTest('no working directory in /proc/self/fd leads to the host', async () => {
  const { directory, sings } = await canary();
  const fd = openSync(directory, 'r');
  const directories = readdirSync('/proc/self/fd').filter((name) => isDirectory(`/proc/self/fd/${name}`));
  expect(directories).toContain(`${fd}`);
  // A start opens more of them: the next numbers.
  const numbers = new Set([...directories, ...Array.from({ length: 8 }, (_, index) => `${fd + index + 1}`)]);
  for (const number of numbers) {
    const workdir = `/proc/self/fd/${number}`;
    expect([workdir, await refusal({ workdir })]).toEqual([workdir, expect.stringMatching(/^E[A-Z]+$/)]);
  }
  closeSync(fd);
  sings();
});

attackTest('nor does one that the image links to /proc', async () => {
  for (const link of [
    '/proc/self/cwd',
    '/proc/self/root',
    '/proc/1/cwd',
    '/proc/self/fd/3',
    '/proc/thread-self/fd/7',
  ]) {
    const hostile = await imageWithLink('app', link);
    expect([link, await refusal({ image: hostile, workdir: '/app' })]).toEqual([link, expect.stringMatching(/^E/)]);
    expect([link, await refusal({ image: hostile, workdir: '/app/..' })]).toEqual([link, 'it ran: ']);
  }
});

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
