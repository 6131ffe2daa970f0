import { expect, test } from 'vitest';
import { defaultMounts } from '../../../src/runtime/index.ts';
import { joinedNamespaces, namespaceFlags } from '../../../src/runtime/plan/namespaces.ts';
import { expectOrder, plan, specOf, textOf } from './plan-support.ts';

const mount = { type: 'mount' } as const;

test('planContainer() joins by a descriptor that was opened before the clone, past the gate', () => {
  const namespaces = [mount, { type: 'network', path: '/proc/7/ns/net' }] as const;
  const lines = textOf(plan({ linux: { namespaces, sysctl: {} } }));
  expectOrder(lines, [/^recvfrom\(<lifeline>/, /^setns\(<network namespace>, CLONE_NEWNET\)/, /^fsopen\("sysfs"/]);
  expect(lines.join()).not.toMatch(/\/proc\/7|SIOCSIFFLAGS/);
  const spec = specOf({ linux: { namespaces } });
  expect(joinedNamespaces(spec)).toEqual([{ name: 'network namespace', path: '/proc/7/ns/net' }]);
  expect(namespaceFlags(spec)).toEqual(['CLONE_NEWNS']);
});

test('planContainer() forks into a pid namespace that is joined, before proc is mounted, with a session anew', () => {
  const calls = plan({ linux: { namespaces: [mount, { type: 'pid', path: '/proc/7/ns/pid' }], sysctl: {} } });
  const lines = textOf(calls);
  expectOrder(lines, [
    /^recvfrom\(<lifeline>/,
    /^setns\(<pid namespace>, CLONE_NEWPID\)/,
    /^clone3\(\{flags=CLONE_PARENT/,
    /^fsopen\("proc"/,
  ]);
  expect(calls.filter(({ forks }) => forks)).toHaveLength(1);
  expect(lines[lines.findIndex((line) => line.startsWith('clone3')) + 1]).toBe('setsid()');
});

test('planContainer() takes /dev/shm of a running container in its mount namespace, and comes back', () => {
  const shm = { destination: '/dev/shm', type: 'bind', source: '/proc/7/root/dev/shm', options: ['bind', 'nodev'] };
  const mounts = [...defaultMounts().filter(({ destination }) => destination !== '/dev/shm'), shm];
  const lines = textOf(plan({ mounts }));
  expectOrder(lines, [
    /^openat\(AT_FDCWD, "\/proc\/self\/ns\/mnt"/,
    /^setns\(<mount namespace of process 7>, CLONE_NEWNS\)/,
    /^openat2\(AT_FDCWD, "\/dev\/shm", .*RESOLVE_NO_SYMLINKS/,
    /^open_tree\(<source of \/dev\/shm>, ""/,
    /^setns\(<own mount namespace>, CLONE_NEWNS\)/,
    /^mount_setattr\(<\/dev\/shm>.*propagation=MS_PRIVATE/,
    /^mount_setattr\(<\/dev\/shm>.*MOUNT_ATTR_NODEV/,
    /^pivot_root/,
    /^move_mount\(<\/dev\/shm>/,
  ]);
  expect(joinedNamespaces(specOf({ mounts }))).toEqual([
    { name: 'mount namespace of process 7', path: '/proc/7/ns/mnt' },
  ]);
});

test('planContainer() makes no namespace that the spec leaves to the host', () => {
  const lines = textOf(plan({ linux: { namespaces: [mount], sysctl: {} } }));
  expect(lines.join()).not.toMatch(/CLONE_NEW|setns|SIOCSIFFLAGS|sethostname/);
});
