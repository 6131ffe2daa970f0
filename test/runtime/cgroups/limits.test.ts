import { describe, expect, test } from 'vitest';
import type { LinuxResources } from '../../../src/oci/index.ts';
import { weightOf } from '../../../src/runtime/cgroups/cpu.ts';
import { numbersIn } from '../../../src/runtime/cgroups/cpuset.ts';
import { deviceEntries } from '../../../src/runtime/cgroups/device-controller.ts';
import { costWeight } from '../../../src/runtime/cgroups/io.ts';
import { type Controllers, planLimits } from '../../../src/runtime/cgroups/limits.ts';
import { defaultDeviceRules } from '../../../src/runtime/index.ts';

const v2: Controllers = { unified: new Set(['cpuset', 'cpu', 'io', 'memory', 'pids']), v1: new Set() };
const v1: Controllers = { unified: new Set(['hugetlb']), v1: new Set(['cpuset', 'cpu', 'blkio', 'memory', 'pids']) };

const files = (resources: LinuxResources, controllers: Controllers) => {
  const planned = planLimits(resources, controllers);
  return [...planned.unified, ...planned.v1].map(({ file, value }) => `${file} ${value}`);
};

const everything: LinuxResources = {
  memory: { limit: 64, reservation: 32, swap: 100 },
  cpu: { shares: 2000, quota: 50_000, period: 100_000, cpus: '0-1', mems: '0' },
  pids: { limit: 20 },
  blockIO: {
    weight: 500,
    throttleReadBpsDevice: [{ major: 8, minor: 0, rate: 1000 }],
    throttleWriteBpsDevice: [{ major: 8, minor: 0, rate: 2000 }],
    throttleReadIOPSDevice: [{ major: 8, minor: 16, rate: 3 }],
    throttleWriteIOPSDevice: [{ major: 8, minor: 16, rate: 4 }],
  },
};

test('the files of cgroup v2', () => {
  expect(files(everything, v2)).toEqual([
    'cpuset.cpus 0-1',
    'cpuset.mems 0',
    'cpu.weight 170',
    'cpu.max 50000 100000',
    'memory.max 64',
    'memory.swap.max 36',
    'memory.low 32',
    'pids.max 20',
    'io.bfq.weight 500',
    'io.max 8:0 rbps=1000',
    'io.max 8:0 wbps=2000',
    'io.max 8:16 riops=3',
    'io.max 8:16 wiops=4',
  ]);
});

test('the files of cgroup v1: memory before memory and swap, the period before the quota', () => {
  expect(files(everything, v1)).toEqual([
    'cpuset.cpus 0-1',
    'cpuset.mems 0',
    'cpu.shares 2000',
    'cpu.cfs_period_us 100000',
    'cpu.cfs_quota_us 50000',
    'memory.limit_in_bytes 64',
    'memory.memsw.limit_in_bytes 100',
    'memory.soft_limit_in_bytes 32',
    'pids.max 20',
    'blkio.bfq.weight 500',
    'blkio.throttle.read_bps_device 8:0 1000',
    'blkio.throttle.write_bps_device 8:0 2000',
    'blkio.throttle.read_iops_device 8:16 3',
    'blkio.throttle.write_iops_device 8:16 4',
  ]);
});

test('on a hybrid machine each limit goes where its controller is', () => {
  const mixed: Controllers = { unified: new Set(['memory']), v1: new Set(['pids']) };
  const planned = planLimits({ memory: { limit: 64 }, pids: { limit: 5 } }, mixed);
  expect(planned.unified.map(({ file }) => file)).toEqual(['memory.max']);
  expect(planned.v1.map(({ file }) => file)).toEqual(['pids.max']);
});

test('-1 is "no limit", 0 is "not said"', () => {
  const none: LinuxResources = { memory: { limit: -1, swap: -1 }, cpu: { quota: -1 }, pids: { limit: -1 } };
  expect(files(none, v2)).toEqual(['cpu.max max 100000', 'memory.max max', 'memory.swap.max max', 'pids.max max']);
  expect(files(none, v1)).toEqual([
    'cpu.cfs_quota_us -1',
    'memory.limit_in_bytes -1',
    'memory.memsw.limit_in_bytes -1',
    'pids.max max',
  ]);
  expect(files({ memory: { limit: 0, swap: 0 }, cpu: { shares: 0, quota: 0, cpus: '' } }, v2)).toEqual([]);
});

test('without swap for it, memory and swap are the same', () => {
  expect(files({ memory: { limit: 64, swap: 64 } }, v2)).toEqual(['memory.max 64', 'memory.swap.max 0']);
});

test('a weight for disks has io.cost’s file and scale where bfq has none', () => {
  const [weight] = planLimits({ blockIO: { weight: 500 } }, v2).unified;
  expect(weight?.otherwise).toEqual({ file: 'io.weight', value: 'default 4950' });
  expect([10, 100, 1000].map(costWeight)).toEqual([1, 910, 10_000]);
});

test('files of cgroup v2 by name are written as they are', () => {
  expect(files({ unified: { 'memory.high': '5000', 'pids.max': '7' } }, v2)).toEqual([
    'memory.high 5000',
    'pids.max 7',
  ]);
});

test('shares become the weights that runc 1.3.2 makes of them', () => {
  expect([1, 2, 1024, 2000, 262_144, 300_000].map(weightOf)).toEqual([1, 1, 100, 170, 10_000, 10_000]);
});

test('a list of CPUs', () => {
  expect(numbersIn('0-2,4\n')).toEqual([0, 1, 2, 4]);
  for (const wrong of ['', 'a', '1-', '3-1', '0,,1', '-1', '1e3']) expect(numbersIn(wrong)).toBeUndefined();
});

test('device rules become lines of the v1 controller, in their order', () => {
  const lines = deviceEntries(defaultDeviceRules).map(({ file, value }) => `${file} ${value}`);
  expect(lines.slice(0, 4)).toEqual([
    'devices.deny a',
    'devices.allow c *:* m',
    'devices.allow b *:* m',
    'devices.allow c 1:3 rwm',
  ]);
  expect(lines.at(-1)).toBe('devices.allow c 136:* rwm');
});

describe('refused', () => {
  const none: Controllers = { unified: new Set(), v1: new Set() };
  test.each<[LinuxResources, string]>([
    [
      { memory: { limit: 64 } },
      '(linux.resources.memory.limit, --memory): this machine has no cgroup controller "memory"',
    ],
    [{ cpu: { quota: 5000 } }, 'no cgroup controller "cpu"'],
    [{ cpu: { cpus: '0' } }, 'no cgroup controller "cpuset"'],
    [{ pids: { limit: 5 } }, 'no cgroup controller "pids"'],
    [{ blockIO: { weight: 50 } }, 'no cgroup controller "io"'],
    [{ unified: { 'memory.high': '1' } }, '(linux.resources.unified["memory.high"])'],
  ])('%j where nobody has the controller', (resources, message) => {
    expect(() => planLimits(resources, none)).toThrow(message);
  });

  test('a file of v2 that only v1 has the controller of', () => {
    expect(() => planLimits({ unified: { 'memory.high': '1' } }, v1)).toThrow('no cgroup controller "memory"');
  });

  test.each(['cgroup.procs', '../memory.max', 'memory', 'memory.max/x', 'cgroup.kill'])('the file %j', (file) => {
    expect(() => planLimits({ unified: { [file]: '1' } }, v2)).toThrow('no file of a controller');
  });

  test.each([v1, v2])('less memory with swap than without', (controllers) => {
    expect(() => planLimits({ memory: { limit: 64, swap: 63 } }, controllers)).toThrow('(expected 64 or more)');
  });

  test('a limit on swap without one on memory, in v2', () => {
    expect(() => planLimits({ memory: { swap: 63 } }, v2)).toThrow('memory has no limit');
  });
});
