/** Limits of a container that runs, and what it uses: on this machine's hierarchies, whichever they are. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Spec } from '../../../src/oci/index.ts';
import { readUsage, updateCgroup } from '../../../src/runtime/index.ts';
import { directoriesOf, during, fileOf, needing, specWith } from './place.ts';

const MiB = 1024 ** 2;
const memory = { v1: 'memory.limit_in_bytes', v2: 'memory.max' };
const pids = { v1: 'pids.max', v2: 'pids.max' };
const procs = { v1: 'cgroup.procs', v2: 'cgroup.procs' };

/** Three processes. */
const family = ['sh', '-c', 'sleep 1000 & sleep 1000 & wait'];

function nameOf(spec: Spec): string {
  return spec.linux.cgroupsPath ?? '';
}

needing('memory', 'pids')(
  'a limit on what runs without any holds for all of its processes, and nothing is left',
  async () => {
    const spec = specWith({}, family);
    await during(spec, async () => {
      await expect.poll(() => readUsage(nameOf(spec))?.pids).toBe(3);
      updateCgroup({ name: nameOf(spec), from: {}, to: { memory: { limit: 64 * MiB }, pids: { limit: 3 } } });
      expect(fileOf(spec, 'memory', memory)).toBe(`${64 * MiB}`);
      expect(fileOf(spec, 'pids', pids)).toBe('3');
      expect(fileOf(spec, 'pids', procs).split('\n')).toHaveLength(3);
      expect(readUsage(nameOf(spec))).toMatchObject({ memoryLimit: 64 * MiB, pids: 3 });
    });
    expect(directoriesOf(nameOf(spec))).toEqual([]);
  },
);

needing('memory')('memory goes up and down together with what counts memory and swap, in either order', async () => {
  const at = (megabytes: number) => ({ memory: { limit: megabytes * MiB, swap: 2 * megabytes * MiB } });
  const spec = specWith(at(32), ['sleep', '1000']);
  await during(spec, () => {
    updateCgroup({ name: nameOf(spec), from: at(32), to: at(128) });
    expect(fileOf(spec, 'memory', memory)).toBe(`${128 * MiB}`);
    updateCgroup({ name: nameOf(spec), from: at(128), to: at(16) });
    expect(fileOf(spec, 'memory', memory)).toBe(`${16 * MiB}`);
  });
});

needing('memory', 'pids')(
  'what the kernel refuses leaves all other limits as they were, also those that were not there',
  async () => {
    const from = { memory: { limit: 64 * MiB } };
    const spec = specWith(from, ['sleep', '1000']);
    await during(spec, () => {
      const before = directoriesOf(nameOf(spec));
      const to = { memory: { limit: 32 * MiB }, cpu: { shares: 512 }, pids: { limit: 99_999_999 } };
      expect(() => updateCgroup({ name: nameOf(spec), from, to })).toThrow(/pids\.max.*the kernel says EINVAL/);
      expect(fileOf(spec, 'memory', memory)).toBe(`${64 * MiB}`);
      expect(directoriesOf(nameOf(spec))).toEqual(before);
    });
    expect(directoriesOf(nameOf(spec))).toEqual([]);
  },
);

needing('cpuset')('CPUs can be taken away and given back', async () => {
  const cpuset = { v1: 'cpuset.cpus', v2: 'cpuset.cpus' };
  const spec = specWith({ cpu: { cpus: '0' } }, ['sleep', '1000']);
  await during(spec, () => {
    const all = readFileSync('/sys/devices/system/cpu/online', 'latin1').trim();
    updateCgroup({ name: nameOf(spec), from: { cpu: { cpus: '0' } }, to: { cpu: { cpus: all } } });
    expect(fileOf(spec, 'cpuset', cpuset)).toBe(all);
    expect(() =>
      updateCgroup({ name: nameOf(spec), from: { cpu: { cpus: all } }, to: { cpu: { cpus: '4095' } } }),
    ).toThrow('requested CPUs are not available');
  });
});

needing('cpu')('a loop is slowed down while it runs: CPU time shows it', async () => {
  const spec = specWith({}, ['sh', '-c', 'while :; do :; done']);
  await during(spec, async () => {
    const used = () => readUsage(nameOf(spec))?.cpuNanoseconds ?? 0;
    await expect.poll(used, { timeout: 20_000 }).toBeGreaterThan(2e8);
    updateCgroup({ name: nameOf(spec), from: {}, to: { cpu: { quota: 1000, period: 100_000 } } });
    // That is: it would run, and is held.
    const stat = () => fileOf(spec, 'cpu', { v1: 'cpu.stat', v2: 'cpu.stat' });
    const throttled = () => Number(/^nr_throttled (\d+)$/m.exec(stat())?.[1]);
    await expect.poll(throttled, { timeout: 20_000 }).toBeGreaterThan(2);
  });
});

needing()('what a container uses is told without any limit: memory, processes and bytes written', async () => {
  const script =
    'dd if=/dev/zero of=/file bs=1M count=4 conv=fsync 2>/dev/null; x=$(head -c 20000000 /dev/zero | tr "\\0" x); sleep 1000 & wait';
  const spec = specWith({}, ['sh', '-c', script]);
  await during(spec, async () => {
    await expect.poll(() => readUsage(nameOf(spec))?.memory ?? 0, { timeout: 20_000 }).toBeGreaterThan(20e6);
    await expect.poll(() => readUsage(nameOf(spec))?.pids).toBe(2);
    const usage = readUsage(nameOf(spec));
    expect(usage).not.toHaveProperty('memoryLimit');
    expect(usage?.cpuNanoseconds).toBeGreaterThan(0);
    expect(usage?.written ?? 0).toBeGreaterThanOrEqual(0);
  });
  expect(readUsage(nameOf(spec))).toBeUndefined();
});

needing('memory')('memory that would be dropped first does not count as used', async () => {
  // Written once and not read again, a file's pages are the first to go.
  const script = 'head -c 30000000 /dev/zero >/file; sleep 1000 & wait';
  const spec = specWith({ memory: { limit: 256 * MiB } }, ['sh', '-c', script]);
  await during(spec, async () => {
    const total = () => Number(fileOf(spec, 'memory', { v1: 'memory.usage_in_bytes', v2: 'memory.current' }));
    await expect.poll(total, { timeout: 20_000 }).toBeGreaterThan(30e6);
    await expect.poll(() => readUsage(nameOf(spec))?.memory ?? Infinity, { timeout: 20_000 }).toBeLessThan(15e6);
  });
});
