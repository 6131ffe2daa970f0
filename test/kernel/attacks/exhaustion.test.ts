/** A container that wants all: of its own file systems in memory it gets what it was given. */
import { existsSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { buffer } from '../../../src/syscall/index.ts';
import { type AttackCall, attackProgram } from '../../support/attack/index.ts';
import { attackTest, run, scratch, sh, start } from './box.ts';

attackTest('a tmpfs takes its size and no more, in bytes', async () => {
  const script =
    'head -c 8000000 /dev/zero > /t/fill 2>/dev/null; stat -c %s /t/fill; df -k /t | tail -n 1 | tr -s " " | cut -d " " -f 2';
  expect(await sh(script, { tmpfs: ['/t:size=1m'] })).toBe('1048576\n1024');
});

attackTest('so do /dev and /dev/shm, which are memory too', async () => {
  const script =
    'for d in /dev /dev/shm; do head -c 80000000 /dev/zero > $d/fill 2>/dev/null; stat -c %s $d/fill; rm $d/fill; done';
  expect(await sh(script)).toBe('67108864\n67108864');
});

attackTest('masked directories, which are tmpfs as well, take nothing at all', async () => {
  expect(await sh('touch /sys/firmware/x 2>&1 | grep -c "Read-only"')).toBe('1');
});

attackTest('a fork bomb ends at --pids-limit', async () => {
  // Each call doubles them: 512, and no more than that were there no limit. Then all wait for two seconds.
  const double: AttackCall = { call: 'clone', args: [17, 0, 0, 0, 0] };
  const two = Buffer.alloc(16);
  two.writeBigUInt64LE(2n);
  const bomb = attackProgram([...Array(9).fill(double), { call: 'nanosleep', args: [buffer('2 s', two), null] }]);
  const folder = await scratch('program');
  writeFileSync(join(folder, 'attack'), bomb, { mode: 0o755 });
  const options = { pidsLimit: '40', volumes: [`${folder}:/attack:ro`] };
  await using container = await start(['sh', '-c', '/attack/attack > /dev/null; sleep 1000'], options);
  let most = 0;
  await expect.poll(() => (most = Math.max(most, processesIn(container.pid).length))).toBeGreaterThan(30);
  for (let look = 0; look < 5; look++) {
    most = Math.max(most, processesIn(container.pid).length);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(most).toBeLessThanOrEqual(40);
});

attackTest('processes that are many leave with the first', async () => {
  const container = await start(['sh', '-c', 'for i in $(seq 30); do sleep 1000 & done; echo started; sleep 1000'], {
    pidsLimit: '40',
  });
  await new Promise<void>((resolve) => container.stdout.once('data', () => resolve()));
  const pids = processesIn(container.pid);
  expect(pids.length).toBeGreaterThan(30);
  await container[Symbol.asyncDispose]();
  // By pid: the number of a namespace that is gone is soon another's.
  expect(pids.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
});

attackTest('a container that wants more memory than it may have is ended, and nobody else', async () => {
  const { exit } = await run(['sh', '-c', 'head -c 200000000 /dev/zero | tail'], { memory: '16m', memorySwap: '16m' });
  expect(exit.exitCode).toBe(137);
});

attackTest('what it keeps in a tmpfs is its memory too', async () => {
  const script = 'head -c 40000000 /dev/zero > /t/fill; stat -c %s /t/fill';
  const options = { memory: '16m', memorySwap: '16m', tmpfs: ['/t:size=100m'] };
  expect(Number((await run(['sh', '-c', script], options)).stdout)).toBeLessThanOrEqual(2 ** 24);
});

/** Pids on the host of those in the pid namespace of a container. */
function processesIn(pid: number): string[] {
  const namespace = readlinkSync(`/proc/${pid}/ns/pid`);
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && namespaceOf(name) === namespace);
}

function namespaceOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    // It ended while we looked.
    return undefined;
  }
}
