/** Where a process is to be that joins a container, by what proc_pid_cgroup(5) says of the container's first. */
import { expect, test } from 'vitest';
import { directoriesIn } from '../../../src/runtime/cgroups/of-process.ts';

const hierarchies = {
  unified: '/cg/unified',
  v1: new Map([
    ['memory', '/cg/memory'],
    ['cpu', '/cg/cpu'],
    ['cpuacct', '/cg/cpu'],
    ['pids', '/cg/pids'],
  ]),
};

test('directoriesIn() takes the cgroups of the container, and leaves those that are of who started it', () => {
  const text = '12:memory:/gocker/c1\n4:cpu,cpuacct:/gocker/c1\n3:pids:/user.slice\n1:name=systemd:/x\n0::/gocker/c1\n';
  expect(directoriesIn(text, 'gocker/c1', hierarchies)).toEqual({
    unified: '/cg/unified/gocker/c1',
    v1: ['/cg/memory/gocker/c1', '/cg/cpu/gocker/c1'],
  });
});

test('directoriesIn() follows an init that has moved itself below, but to no other container', () => {
  expect(directoriesIn('0::/gocker/c1/init.scope\n', 'gocker/c1', hierarchies).unified).toBe(
    '/cg/unified/gocker/c1/init.scope',
  );
  expect(directoriesIn('5:memory:/gocker/c12\n0::/gocker/c12\n', 'gocker/c1', hierarchies)).toEqual({ v1: [] });
});

test('directoriesIn() finds none where there is none', () => {
  expect(directoriesIn('0::/\n', 'gocker/c1', { unified: undefined, v1: new Map() })).toEqual({ v1: [] });
});
