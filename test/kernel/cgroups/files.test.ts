/** What is asked for stands in the kernel's files, in each hierarchy that it concerns, and is gone with the container. */
import { mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { LinuxResources } from '../../../src/oci/index.ts';
import { cgroupHierarchies, launch, removeCgroup } from '../../../src/runtime/index.ts';
import { overlay, rootTest, run, sh } from '../runtime/alpine.ts';
import { directoriesOf, during, fileOf, needing, placeOf, specWith } from './place.ts';

const m = 1024 ** 2;
const canLimit = needing('memory', 'cpu', 'cpuset', 'pids');
const everything: LinuxResources = {
  memory: { limit: 64 * m, reservation: 32 * m },
  cpu: { shares: 512, quota: 20_000, period: 50_000, cpus: '0', mems: '0' },
  pids: { limit: 20 },
};

canLimit('every limit stands in its file', async () => {
  const spec = specWith(everything, ['sleep', '1000']);
  await during(spec, () => {
    expect(fileOf(spec, 'memory', { v1: 'memory.limit_in_bytes', v2: 'memory.max' })).toBe(`${64 * m}`);
    expect(fileOf(spec, 'memory', { v1: 'memory.soft_limit_in_bytes', v2: 'memory.low' })).toBe(`${32 * m}`);
    expect(fileOf(spec, 'cpu', { v1: 'cpu.shares', v2: 'cpu.weight' })).toBe(
      placeOf('cpu')?.version === 2 ? '59' : '512',
    );
    expect(fileOf(spec, 'cpu', { v1: 'cpu.cfs_quota_us', v2: 'cpu.max' })).toMatch(/^20000( 50000)?$/);
    expect(fileOf(spec, 'cpuset', { v1: 'cpuset.cpus', v2: 'cpuset.cpus' })).toBe('0');
    expect(fileOf(spec, 'pids', { v1: 'pids.max', v2: 'pids.max' })).toBe('20');
  });
  expect(directoriesOf(spec.linux.cgroupsPath ?? '')).toEqual([]);
});

canLimit('the container is in each of its cgroups before it does anything', async () => {
  const spec = specWith(everything, ['sleep', '1000']);
  let members: string[] = [];
  const container = await launch({
    spec,
    rootfs: overlay(),
    stdin: 'null',
    prepare: async ({ pid }) => {
      const names = directoriesOf(spec.linux.cgroupsPath ?? '');
      members = names.map((path) => readFileSync(join(path, 'cgroup.procs'), 'latin1'));
      expect(members).toEqual(names.map(() => `${pid}\n`));
    },
  });
  container.kill('KILL');
  await container.exited();
  expect(members.length).toBeGreaterThan(0);
});

rootTest('without limits there is a cgroup of v2 alone', async () => {
  const spec = specWith({}, ['sleep', '1000']);
  const { unified } = cgroupHierarchies();
  await during(spec, () => {
    expect(directoriesOf(spec.linux.cgroupsPath ?? '')).toEqual([join(unified ?? '', spec.linux.cgroupsPath ?? '')]);
  });
});

describe('a limit that the kernel does not take ends the start, says why, and leaves nothing', () => {
  canLimit.each<[LinuxResources, string]>([
    [
      { memory: { limit: 64 * m }, cpu: { cpus: '4000' } },
      'cannot use CPUs "4000" (linux.resources.cpu.cpus, --cpuset-cpus)',
    ],
    [{ cpu: { mems: '63' } }, 'cannot use memory nodes "63"'],
    [
      { pids: { limit: 5 }, cpu: { quota: 5, period: 100_000 } },
      '(linux.resources.cpu.quota, --cpus): the kernel says EINVAL',
    ],
    [
      { memory: { limit: 4096 } },
      'cannot start the container in 4096 bytes of memory (linux.resources.memory.limit, --memory)',
    ],
    [{ pids: { limit: 99_999_999 } }, '(expected 1 to 4194304)'],
    [{ pids: { limit: 5 }, unified: { 'hugetlb.9TB.max': '1' } }, 'hugetlb'],
  ])('%j', async (resources, message) => {
    const spec = specWith(resources, ['true']);
    await expect(launch({ spec, rootfs: overlay(), stdin: 'null' })).rejects.toThrow(message);
    expect(directoriesOf(spec.linux.cgroupsPath ?? '')).toEqual([]);
  });
});

canLimit('a parent that is named is made where it is missing and goes again; one that was there stays', async () => {
  const parent = `gocker-test-${process.pid}`;
  const name = `${parent}/deep/one`;
  await during(specWith(everything, ['sleep', '1000'], name), () => expect(directoriesOf(name)).not.toEqual([]));
  expect(directoriesOf(parent)).toEqual([]);

  const theirs = join(placeOf('memory')?.mountpoint ?? '', parent);
  mkdirSync(theirs);
  try {
    await run([], { spec: specWith(everything, ['true'], name) });
    expect(directoriesOf(parent)).toEqual([theirs]);
  } finally {
    rmdirSync(theirs);
  }
});

canLimit('removeCgroup() ends what is left of a container and removes it from each hierarchy', async () => {
  const spec = specWith(everything, ['sleep', '1000']);
  const name = spec.linux.cgroupsPath ?? '';
  const container = await launch({ spec, rootfs: overlay(), stdin: 'null' });
  await removeCgroup(name);
  expect(await container.exited()).toMatchObject({ signal: 'SIGKILL' });
  expect(directoriesOf(name)).toEqual([]);
});

canLimit('the container sees none of the machine’s cgroups above its own', async () => {
  const lines = (await sh('cat /proc/self/cgroup', { linux: { resources: everything } })).split('\n');
  expect(lines.filter((line) => line.includes('gocker'))).toEqual([]);
});
