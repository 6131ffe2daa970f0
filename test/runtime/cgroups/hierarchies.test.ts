import { expect, test } from 'vitest';
import { hierarchiesIn } from '../../../src/runtime/cgroups/hierarchies.ts';

const line = (mountpoint: string, filesystem: string) =>
  `36 35 0:30 / ${mountpoint} rw,relatime shared:9 - ${filesystem}\n`;

test('cgroup v2 alone', () => {
  const { unified, v1 } = hierarchiesIn(line('/sys', 'sysfs sysfs rw') + line('/sys/fs/cgroup', 'cgroup2 cgroup2 rw'));
  expect(unified).toBe('/sys/fs/cgroup');
  expect(v1.size).toBe(0);
});

test('a hybrid machine: each controller of v1 by its mountpoint, two that are mounted together by one', () => {
  const { unified, v1 } = hierarchiesIn(
    line('/sys/fs/cgroup/unified', 'cgroup2 cgroup2 rw') +
      line('/sys/fs/cgroup/memory', 'cgroup cgroup rw,memory') +
      line('/sys/fs/cgroup/cpu,cpuacct', 'cgroup cgroup rw,cpu,cpuacct'),
  );
  expect(unified).toBe('/sys/fs/cgroup/unified');
  expect(v1.get('memory')).toBe('/sys/fs/cgroup/memory');
  expect([v1.get('cpu'), v1.get('cpuacct')]).toEqual(['/sys/fs/cgroup/cpu,cpuacct', '/sys/fs/cgroup/cpu,cpuacct']);
  expect(v1.get('pids')).toBeUndefined();
});

test('a mountpoint with a blank in it is read as it is', () => {
  expect(hierarchiesIn(line('/a\\040b', 'cgroup2 none rw')).unified).toBe('/a b');
});
