import { expect, test } from 'vitest';
import type { Mount } from '../../../src/oci/index.ts';
import {
  defaultMounts,
  defaultNamespaces,
  defaultSysctls,
  type HostFacts,
  type PlanInput,
} from '../../../src/runtime/index.ts';
import { birth, type KernelCall } from '../../../src/syscall/index.ts';
import { layOut } from '../../../src/syscall/tape/layout.ts';
import { placeOf as at, host as bare, plan as planWith, type SpecChanges, textOf as text } from './plan-support.ts';

const host: HostFacts = {
  ...bare,
  kinds: new Map([
    ['/proc/kcore', 'file'],
    ['/sys/devices/virtual/powercap', 'directory'],
    ['/sys/firmware', 'directory'],
    ['/home/me/file', 'file'],
  ]),
};

const rootfs = { kind: 'overlay', lowerdirs: ['/l/2', '/l/1'], writable: { upperdir: '/u', workdir: '/w' } } as const;

function plan(changes: SpecChanges = {}, input: Partial<PlanInput> = {}): KernelCall[] {
  return planWith({ hostname: 'box', ...changes }, { host, rootfs, ...input });
}

test('planContainer() keeps the order that its safety rests on', () => {
  const lines = text(plan());
  const order = [
    /^prctl\(PR_SET_DUMPABLE, 0/,
    /^recvfrom\(<lifeline>/,
    /^unshare\(CLONE_NEWCGROUP\)/,
    /^bpf\(BPF_PROG_ATTACH/,
    /^mount\(NULL, "\/", NULL, MS_REC\|MS_SLAVE/,
    /^fsopen\("proc"/,
    /^mount\("overlay"/,
    /^pivot_root\("\.", "\."\)/,
    /^umount2\("\.", MNT_DETACH\)/,
    /^move_mount\(<\/proc>/,
    /^openat2\(AT_FDCWD, "\/proc\/kcore"/,
    /^memfd_create\("gocker-handover"/,
    /^prctl\(PR_CAPBSET_DROP/,
    /^setgroups/,
    /^setresgid/,
    /^setresuid/,
    /^capset/,
    /^prctl\(PR_SET_PDEATHSIG, SIGKILL/,
    /^recvfrom\(<lifeline>.*MSG_PEEK\|MSG_DONTWAIT/,
    /^rt_sigaction\(SIGPIPE/,
    /^rt_sigprocmask\(SIG_SETMASK/,
    /^close_range\(3, 0xffffffff, CLOSE_RANGE_CLOEXEC\)/,
    /^capset\(.*effective=0x0/,
    /^fcntl\(<lifeline>, F_SETFD, 0\)/,
    /^execveat\(<handover>, ""/,
    /^close\(<tape>\)/,
    /^fcntl\(<lifeline>, F_SETFD, FD_CLOEXEC\)/,
    /^execve\(/,
  ].map((pattern) => at(lines, pattern));
  expect(order).toEqual([...order].sort((a, b) => a - b));
});

test('planContainer() attaches nothing before pivot_root, and opens nothing of the host after it', () => {
  const lines = text(plan({ mounts: [...defaultMounts(), bind('/home/me', '/data')] }));
  const pivot = at(lines, /^pivot_root/);
  expect(lines.slice(0, pivot).filter((line) => line.startsWith('move_mount'))).toEqual([]);
  expect(lines.slice(pivot).filter((line) => /^(?:fsopen|fsmount|mount\(|open_tree\(AT_FDCWD)/.test(line))).toEqual([]);
});

test('planContainer() makes a plan that can be laid out on both architectures', () => {
  const given = { stdin: 10, stdout: 11, stderr: 12, cgroup: 13, lifeline: 14, "parent's lifeline": 15, tape: 16 };
  for (const architecture of ['x64', 'arm64'] as const) {
    for (const terminal of [false, true]) {
      const calls = plan({ process: { terminal, cwd: '/a/b', consoleSize: { height: 1, width: 2 } } });
      expect(layOut(calls, { architecture, clone: birth({}), given }).image.size).toBeGreaterThan(1000);
    }
  }
});

test('planContainer() tells why of every call, and never the environment', () => {
  const calls = plan();
  for (const { why } of calls) expect(why).not.toBe('');
  expect(text(calls).join()).not.toContain('SECRET');
});

test('planContainer() mounts user volumes before /proc, whatever their order in the spec', () => {
  const lines = text(plan({ mounts: [...defaultMounts(), bind('/home/me', '/data')] }));
  expect(at(lines, /^move_mount\(<\/data>/)).toBeLessThan(at(lines, /^move_mount\(<\/proc>/));
});

test('planContainer() walks to /proc without symlinks and to a volume without magic links', () => {
  const lines = text(plan({ mounts: [...defaultMounts(), bind('/home/me/file', '/etc/file')] }));
  expect(lines).toContain(
    'openat2(AT_FDCWD, "/proc", {flags=O_PATH|O_DIRECTORY|O_CLOEXEC, resolve=RESOLVE_NO_SYMLINKS}, 24)',
  );
  expect(lines).toContain(
    'openat2(AT_FDCWD, "/etc/file", {flags=O_PATH|O_CLOEXEC, resolve=RESOLVE_NO_MAGICLINKS}, 24)',
  );
  expect(lines).toContain('mknodat(</etc of /etc/file target>, "file", S_IFREG|0644, 0)');
});

test('planContainer() covers masked files with our null device, directories with a tmpfs, and checks what is absent', () => {
  const calls = plan();
  const lines = text(calls);
  expect(at(lines, /^move_mount\(<\/dev\/null over \/proc\/kcore/)).toBeGreaterThan(0);
  // Linux before 6.15 clones no mount that is attached nowhere.
  const attached = at(lines, /^move_mount\(<empty directory>, "", <\/sys\/devices\/virtual\/powercap/);
  expect(at(lines, /^open_tree\(<empty directory>/)).toBeGreaterThan(attached);
  expect(at(lines, /^move_mount\(<empty directory over \/sys\/firmware/)).toBeGreaterThan(attached);
  const absent = calls[at(lines, /^openat2\(AT_FDCWD, "\/proc\/acpi"/)];
  expect(absent).toMatchObject({ atLeast: 2 ** 31, allow: ['ENOENT', 'ENOTDIR'] });
});

test('planContainer() names lowerdirs shortly where they would not fit into one page, and not where they do', () => {
  const many = Array.from({ length: 128 }, (_, index) => `/var/lib/gocker/layers/${'0'.repeat(60)}${index}`);
  const lines = text(plan({}, { rootfs: { ...rootfs, lowerdirs: many } }));
  const mount = lines[at(lines, /^mount\("overlay"/)] ?? '';
  expect(mount).toContain('lowerdir=0:1:2:');
  expect(mount).toContain(':127,upperdir=upper,workdir=work');
  expect(lines.filter((line) => line.startsWith('symlinkat("/var/lib/gocker/layers'))).toHaveLength(128);
  expect(text(plan())).toContain('mount("overlay", "/l/2", "overlay", 0, "lowerdir=/l/2:/l/1,upperdir=/u,workdir=/w")');
});

test('planContainer() drops from the bounding set all but what is given, and gives no more than the host has', () => {
  const drops = text(plan()).filter((line) => line.startsWith('prctl(PR_CAPBSET_DROP'));
  expect(drops).toHaveLength(41 - 14);
  const capset = (input: Partial<PlanInput>) => text(plan({}, input)).find((line) => line.startsWith('capset')) ?? '';
  expect(capset({})).toContain('effective=0xa80425fb, permitted=0xa80425fb, inheritable=0x0');
  expect(capset({ host: { ...host, capabilities: 1n } })).toContain('effective=0x1, permitted=0x1');
});

test('planContainer() gives nobody CAP_MKNOD where there is no cgroup to filter devices', () => {
  const lines = text(plan({}, { deviceAccess: 'none' }));
  expect(lines.filter((line) => line.startsWith('bpf'))).toEqual([]);
  expect(lines).toContain('prctl(PR_CAPBSET_DROP, CAP_MKNOD, 0, 0, 0)');
});

test('planContainer() leaves the making of nodes to those who may use all devices, filtered or not', () => {
  const resources = { devices: [{ allow: true, access: 'rwm' }] };
  const lines = text(plan({ linux: { resources } }, { deviceAccess: 'none' }));
  expect(lines).not.toContain('prctl(PR_CAPBSET_DROP, CAP_MKNOD, 0, 0, 0)');
});

test('planContainer() tries each directory of PATH, and looks at each before the last', () => {
  const lines = text(plan({ process: { env: ['PATH=/a:/b:/a:'] } }));
  expect(lines.slice(-9).map((line) => line.slice(0, line.indexOf('",') + 1))).toEqual([
    'execve("/a/true"',
    'execve("/b/true"',
    'faccessat(AT_FDCWD, "/a/true"',
    'openat(AT_FDCWD, "/a/true"',
    'faccessat(AT_FDCWD, "/b/true"',
    'openat(AT_FDCWD, "/b/true"',
    'faccessat(AT_FDCWD, "./true"',
    'openat(AT_FDCWD, "./true"',
    'execve("./true"',
  ]);
});

test('planContainer() leaves a reaper behind where there is to be an init, and unblocks signals only after that', () => {
  const lines = text(plan({ process: { terminal: true } }, { init: true }));
  const order = [
    /^execveat\(<handover>, "", \["gocker-init", "--", "true"\], \[\/\* 1 vars/,
    /^clone\(SIGCHLD/,
    /^rt_sigtimedwait\(\[SIGCONT\]/,
    /^setpgid\(0, 0\)/,
    /^ioctl\(0, TIOCSPGRP/,
    /^rt_sigprocmask\(SIG_SETMASK/,
    /^execve\(/,
  ].map((pattern) => at(lines, pattern));
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(text(plan({}, { init: true })).join()).not.toContain('TIOCSPGRP');
});

test('planContainer() asks for an executable memory file only where the kernel knows of such', () => {
  expect(text(plan())).toContain('memfd_create("gocker-handover", MFD_CLOEXEC|MFD_ALLOW_SEALING|MFD_EXEC)');
  expect(text(plan({}, { host: { ...host, knowsMemfdExec: false } }))).toContain(
    'memfd_create("gocker-handover", MFD_CLOEXEC|MFD_ALLOW_SEALING)',
  );
});

test('planContainer() clones a shared bind before the host’s tree is made a slave, and others after', () => {
  const shared = { ...bind('/home/me', '/shared'), options: ['rbind', 'rshared'] };
  const lines = text(plan({ mounts: [...defaultMounts(), bind('/home/me', '/own'), shared] }));
  const slave = at(lines, /MS_REC\|MS_SLAVE/);
  const clones = lines.flatMap((line, index) => (line.startsWith('open_tree(AT_FDCWD, "/home/me"') ? [index] : []));
  expect(clones.map((index) => index < slave)).toEqual([true, false]);
  expect(lines.filter((line) => line.includes('propagation=MS_PRIVATE'))).toHaveLength(1);
  expect(lines.filter((line) => line.includes('propagation=MS_SHARED'))).toHaveLength(1);
});

test('planContainer() leaves the network alone where it is the host’s', () => {
  const linux = { namespaces: defaultNamespaces('host'), sysctl: defaultSysctls('host') };
  expect(text(plan({ linux })).join()).not.toMatch(/SIOCSIFFLAGS|sys\/net/);
});

test.each([
  ['an empty command', { process: { args: [] } }, 'SPEC_INVALID'],
  ['a NUL in an argument', { process: { args: ['a\0b'] } }, 'SPEC_INVALID'],
  ['a NUL in a mount', { mounts: [bind('/a\0', '/b')] }, 'SPEC_INVALID'],
  ['a relative working directory', { process: { cwd: 'a' } }, 'SPEC_INVALID'],
  ['a uid that wraps', { process: { user: { uid: 4294967296, gid: 0 } } }, 'SPEC_INVALID'],
  ['a negative gid', { process: { user: { uid: 0, gid: -1 } } }, 'SPEC_INVALID'],
  ['an unknown limit', { process: { rlimits: [{ type: 'RLIMIT_FUN', soft: 1, hard: 1 }] } }, 'RLIMIT_INVALID'],
  ['an unknown capability', { process: { capabilities: { bounding: ['CAP_FLY'] } } }, 'CAPABILITY_UNKNOWN'],
  ['no mount namespace', { linux: { namespaces: [{ type: 'uts' as const }] } }, 'NAMESPACE_UNSUPPORTED'],
  ['a relative mount', { mounts: [bind('/a', 'b')] }, 'MOUNT_INVALID'],
  ['a mount over /', { mounts: [bind('/a', '/x/..')] }, 'MOUNT_INVALID'],
  ['a relative source', { mounts: [bind('a', '/b')] }, 'MOUNT_INVALID'],
  [
    'a bind with a filesystem’s option',
    { mounts: [{ ...bind('/a', '/b'), options: ['bind', 'size=1'] }] },
    'MOUNT_INVALID',
  ],
  [
    'an option that is too long',
    { mounts: [{ destination: '/b', type: 'tmpfs', options: [`x=${'y'.repeat(256)}`] }] },
    'MOUNT_INVALID',
  ],
  ['a terminal without devpts', { process: { terminal: true }, mounts: [], linux: { sysctl: {} } }, 'MOUNT_INVALID'],
  ['a mount without a type', { mounts: [{ destination: '/b', source: '/a' }] }, 'MOUNT_INVALID'],
])('planContainer() refuses %s', (_, changes, code) => {
  expect(() => plan(changes)).toThrow(expect.objectContaining({ code }));
});

function bind(source: string, destination: string): Mount {
  return { destination, type: 'bind', source, options: ['rbind', 'rprivate'] };
}
