/**
 * Files by which one acts on the whole machine: core_pattern, sysrq, uevent_helper … They are opened for writing and never
 * written, so that the machine is whole even where the container's defences are not.
 */
import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import { type NetworkMode, planLaunch } from '../../../src/runtime/index.ts';
import type { AttackCall } from '../../support/attack/index.ts';
import { specOf } from '../runtime/alpine.ts';
import { attacked, attackTest, attempt, outcomes, run, sh, withAndWithoutFilter } from './box.ts';

const cwd = -100;
const writeOnly = 1;

/** Which of them there are is the kernel's choice. */
const settings = [
  '/proc/sys/kernel/core_pattern',
  '/proc/sys/kernel/modprobe',
  '/proc/sys/kernel/hostname',
  '/proc/sys/vm/overcommit_memory',
  '/proc/sys/net/ipv4/ip_forward',
  '/proc/sysrq-trigger',
  '/sys/kernel/mm/transparent_hugepage/enabled',
].filter((path) => existsSync(path));

attackTest('no setting of the machine can be opened for writing, by whatever path', async () => {
  const detours = ['', '/proc/self/root', '/proc/1/root', '/proc/thread-self/root', '/proc/self/cwd'];
  const paths = settings.flatMap((setting) => detours.map((detour) => `${detour}${setting}`));
  const attempts = await attempt(paths.map((path) => ({ call: 'openat', args: [cwd, path, writeOnly, 0] })));
  expect(settings).toContain('/proc/sys/kernel/core_pattern');
  expect(new Map(paths.map((path, index) => [path, attempts[index]?.error]))).toEqual(
    new Map(paths.map((path) => [path, 'EROFS'])),
  );
});

attackTest('rare settings are not there, or can’t be written to either', async () => {
  const paths = [
    '/sys/kernel/uevent_helper',
    '/sys/power/state',
    '/sys/kernel/debug/sched_features',
    '/sys/kernel/security/apparmor/.remove',
    '/sys/module/kernel/parameters/panic',
    '/sys/fs/cgroup/release_agent',
    '/sys/fs/cgroup/cgroup.procs',
    '/sys/firmware/efi/efivars',
    '/proc/sys/fs/binfmt_misc/register',
    '/proc/sys/kernel/usermodehelper/bset',
    '/proc/acpi/wakeup',
    '/proc/scsi/scsi',
    '/proc/fs/nfsd/threads',
    '/proc/bus/pci/00',
    '/proc/irq/default_smp_affinity',
  ];
  const attempts = await attempt(paths.map((path) => ({ call: 'openat', args: [cwd, path, writeOnly, 0] })));
  for (const [index, path] of paths.entries()) {
    expect([path, attempts[index]?.error]).toEqual([path, expect.stringMatching(/^(EROFS|ENOENT|EISDIR|EACCES)$/)]);
  }
});

attackTest('what protects them can’t be taken off: no remount, no unmount, no second /proc or /sys', async () => {
  const remount = 0x20 | 0x1000;
  const detach = 2;
  const attacks: AttackCall[] = [
    { call: 'mount', args: ['none', '/proc/sys', null, remount, null] },
    { call: 'mount', args: ['none', '/sys', null, remount, null] },
    { call: 'umount2', args: ['/proc/sys', detach] },
    { call: 'umount2', args: ['/proc/keys', detach] },
    { call: 'mount', args: ['proc', '/mnt', 'proc', 0, null] },
    { call: 'mount', args: ['sysfs', '/mnt', 'sysfs', 0, null] },
    { call: 'openat', args: [cwd, '/proc/sys/kernel/core_pattern', writeOnly, 0] },
  ];
  const expected = attacks.map(({ call }) => `${call} ${call === 'openat' ? 'EROFS' : 'EPERM'}`);
  for (const options of withAndWithoutFilter) expect(await outcomes(attacks, options)).toEqual(expected);
});

attackTest('masked files show nothing of the host', async () => {
  const script = `for f in /proc/kcore /proc/keys /proc/latency_stats /proc/timer_list /proc/sched_debug /proc/interrupts
    do [ ! -e $f ] || head -c 100 $f; done
    ls -A /sys/firmware /proc/scsi /proc/acpi /proc/asound /sys/devices/virtual/powercap 2>/dev/null | grep -v :$ | tr -d "\\n"`;
  expect(await sh(script)).toBe('');
});

attackTest('a sysctl of a spec that is the machine’s, or climbs to one that is, is refused', () => {
  // Planned and not played: what is planned would be written.
  const plan = (key: string, network: NetworkMode) => {
    const spec = specOf(['true'], { network, linux: { sysctl: { [key]: '1' } } });
    return planLaunch({ spec, rootfs: { kind: 'directory', path: '/nowhere' }, stdin: 'null' });
  };
  for (const key of [
    'kernel.core_pattern',
    'vm.swappiness',
    'net.../../kernel/core_pattern',
    'kernel/hostname',
    'net',
  ]) {
    expect(() => plan(key, 'private')).toThrow(expect.objectContaining({ code: 'SYSCTL_INVALID' }));
  }
  expect(() => plan('net.ipv4.ip_forward', 'private')).not.toThrow();
  expect(() => plan('net.ipv4.ip_forward', 'host')).toThrow(expect.objectContaining({ code: 'SYSCTL_INVALID' }));
});

attackTest('nor does --sysctl reach it', async () => {
  const { engine } = await attacked();
  await run(['true']);
  const plan = (sysctl: string) => engine.plan({ image: 'alpine', command: ['true'], sysctls: [sysctl] });
  for (const sysctl of [
    'kernel.core_pattern=x',
    'kernel/core_pattern=x',
    'net.../../kernel/core_pattern=x',
    'vm.swappiness=1',
  ]) {
    await expect(plan(sysctl)).rejects.toMatchObject({ code: expect.stringContaining('SYSCTL') });
  }
  await plan('net.ipv4.ip_forward=1');
});
