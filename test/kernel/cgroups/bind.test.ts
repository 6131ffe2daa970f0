/** Limits hold: each is met by a load that would break it. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { LinuxResources, Spec } from '../../../src/oci/index.ts';
import { cgroup2Mountpoint, launch } from '../../../src/runtime/index.ts';
import { overlay, run, sh } from '../runtime/alpine.ts';
import { during, needing, specWith } from './place.ts';

const m = 1024 ** 2;
const limited = (resources: LinuxResources) => ({ linux: { resources } });
const spin = ['sh', '-c', 'while :; do :; done'];

needing('memory')('a program that takes more memory than it may is killed, and that is told', async () => {
  const { exit } = await run(['tail', '/dev/zero'], limited({ memory: { limit: 32 * m } }));
  expect(exit).toEqual({ exitCode: 137, signal: 'SIGKILL', oomKilled: true });
});

needing('memory')('it is told of a program that is not the first one, too', async () => {
  const { exit } = await run(['sh', '-c', 'tail /dev/zero; exit 3'], limited({ memory: { limit: 32 * m } }));
  expect(exit).toEqual({ exitCode: 3, oomKilled: true });
});

needing('memory')(
  'what a file system in memory holds counts: a tmpfs larger than the limit cannot be filled',
  async () => {
    const script = 'dd if=/dev/zero of=/dev/shm/full bs=1M count=60; exit 4';
    const { exit } = await run(['sh', '-c', script], limited({ memory: { limit: 32 * m, swap: 32 * m } }));
    expect(exit.oomKilled).toBe(true);
  },
);

needing('memory')('a program that stays within its memory ends as ever', async () => {
  const { exit } = await run(
    ['sh', '-c', 'head -c 10000000 /dev/zero | tail -n 1'],
    limited({ memory: { limit: 64 * m } }),
  );
  expect(exit).toEqual({ exitCode: 0 });
});

needing('memory')('a container killed by somebody else was not out of memory', async () => {
  const container = await launch({
    spec: specWith({ memory: { limit: 64 * m } }, spin),
    rootfs: overlay(),
    stdin: 'null',
  });
  container.kill('KILL');
  expect(await container.exited()).toEqual({ exitCode: 137, signal: 'SIGKILL' });
});

needing('pids')('processes are no more than they may be', async () => {
  const script = 'for i in 1 2 3 4 5 6 7 8 9; do sleep 30 & done; wait';
  const { stderr } = await run(['sh', '-c', script], limited({ pids: { limit: 6 } }));
  expect(stderr).toContain("can't fork");
  const five = 'for i in 1 2 3 4 5; do sleep 0.1 & done; wait; echo all';
  expect(await sh(five, limited({ pids: { limit: 6 } }))).toBe('all');
});

needing('cpuset')('a container that may use one CPU sees one', async () => {
  expect(await sh('nproc', limited({ cpu: { cpus: '0' } }))).toBe('1');
});

/** CPU time in microseconds; v2 counts it beside v1's controllers, too. */
function usageOf(spec: Spec): number {
  const stat = readFileSync(join(cgroup2Mountpoint() ?? '', spec.linux.cgroupsPath ?? '', 'cpu.stat'), 'latin1');
  return Number(/^usage_usec (\d+)$/m.exec(stat)?.[1]);
}

const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * 1000));

needing('cpu')('a quota holds: a fifth of a CPU is no more than that', async () => {
  const spec = specWith({ cpu: { quota: 20_000, period: 100_000 } }, spin);
  const ratio = await during(spec, async () => {
    const [before, began] = [usageOf(spec), process.hrtime.bigint()];
    await seconds(2);
    return (usageOf(spec) - before) / (Number(process.hrtime.bigint() - began) / 1000);
  });
  expect(ratio).toBeLessThan(0.3);
});

needing('cpu', 'cpuset')('on one CPU two containers share by their weights', async () => {
  const cpus = '0';
  const heavy = specWith({ cpu: { shares: 4096, cpus } }, spin);
  const light = specWith({ cpu: { shares: 256, cpus } }, spin);
  const ratio = await during(heavy, () =>
    during(light, async () => {
      const before = [usageOf(heavy), usageOf(light)] as const;
      await seconds(3);
      return (usageOf(heavy) - before[0]) / (usageOf(light) - before[1]);
    }),
  );
  // 16 by shares; 303/35 by the weights that they are in v2.
  expect(ratio).toBeGreaterThan(4);
});

/** A folder on a disk, which a throttle can name: /tmp may be no such thing. */
function diskFolder(): { readonly folder: string; readonly disk: { major: number; minor: number } } | undefined {
  for (const parent of ['/scratch', tmpdir()]) {
    const device = statSync(parent, { throwIfNoEntry: false })?.dev ?? 0;
    const disk = { major: device >> 8, minor: device & 0xff };
    const block = `/sys/dev/block/${disk.major}:${disk.minor}`;
    if (!existsSync(block) || existsSync(join(block, 'partition'))) continue;
    const folder = mkdtempSync(join(parent, 'gocker-io-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    return { folder, disk };
  }
  return undefined;
}

needing('io')('reading from a disk and writing to it are as slow as they are told to be', async () => {
  const place = diskFolder();
  if (place === undefined) throw new Error('no folder here lies on a disk');
  writeFileSync(join(place.folder, 'file'), Buffer.alloc(4 * m, 1), { flush: true });
  const mounts = [{ destination: '/disk', type: 'bind', source: place.folder, options: ['rbind'] }];
  const time = (command: string) => `cut -d" " -f1 /proc/uptime; ${command} 2>/dev/null; cut -d" " -f1 /proc/uptime;`;
  const script =
    time('dd if=/disk/file of=/dev/null bs=128k iflag=direct') +
    time('dd if=/dev/zero of=/disk/out bs=128k count=32 oflag=direct');
  const seconds = async (resources: LinuxResources) => {
    const [a = 0, b = 0, c = 0, d = 0] = (await sh(script, { mounts, linux: { resources } })).split('\n').map(Number);
    return { read: b - a, write: d - c };
  };
  const free = await seconds({});
  const throttle = [{ ...place.disk, rate: 2 * m }];
  const slowRead = await seconds({ blockIO: { throttleReadBpsDevice: throttle } });
  const slowWrite = await seconds({ blockIO: { throttleWriteBpsDevice: throttle } });
  // Each rate as a part of that without limit; what is not throttled stays as it was.
  expect(free.read / slowRead.read).toBeLessThan(0.5);
  expect(free.write / slowWrite.write).toBeLessThan(0.5);
  expect(slowRead.write / slowWrite.write).toBeLessThan(0.5);
});
