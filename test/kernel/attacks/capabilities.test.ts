/** What the kernel lets a container's root do: docker's fourteen capabilities, and no road to a fifteenth. CVE-2022-24769. */
import { buffer as bytesOf } from 'node:stream/consumers';
import { expect } from 'vitest';
import { buffer } from '../../../src/syscall/index.ts';
import { type AttackCall, attackProgram, readAttempts } from '../../support/attack/index.ts';
import { attackTest, attempt, image, type Options, outcomes, sh, start, withAndWithoutFilter } from './box.ts';

attackTest('no set of capabilities is inheritable or ambient, for root as for others (CVE-2022-24769)', async () => {
  for (const user of ['0', '1000', 'nobody']) {
    const status = await sh('grep -E "Cap(Inh|Amb)" /proc/self/status', { user });
    expect([user, status]).toEqual([user, 'CapInh:\t0000000000000000\nCapAmb:\t0000000000000000']);
  }
});

attackTest('a file of the image that asks for a capability gives it to nobody who has none', async () => {
  // vfs_cap_data, version 2, permitted and inheritable CAP_SYS_ADMIN, effective: as a layer's xattr.
  const attribute = Buffer.alloc(20);
  attribute.writeUInt32LE(0x0200_0001, 0);
  attribute.writeUInt32LE(1 << 21, 4);
  attribute.writeUInt32LE(1 << 21, 8);
  const script = '#!/bin/sh\n';
  const hostile = await image([
    {
      name: 'tool',
      mode: 0o755,
      content: script,
      pax: { 'SCHILY.xattr.security.capability': attribute.toString('latin1') },
    },
  ]);
  expect(await sh('grep -E "Cap(Eff|Bnd)" /proc/self/status | cut -f 2', { image: hostile, user: '1000' })).toBe(
    '0000000000000000\n00000000a80425fb',
  );
});

attackTest('the sets can be lowered and never raised', async () => {
  const all = 0xffff_ffff;
  const header = Buffer.alloc(8);
  header.writeUInt32LE(0x2008_0522);
  const data = (effective: number, permitted: number, inheritable: number) => {
    const bytes = Buffer.alloc(24);
    for (const [at, value] of [effective, permitted, inheritable].entries()) {
      bytes.writeUInt32LE(value, at * 4);
      bytes.writeUInt32LE(value === all ? 0x1ff : 0, 12 + at * 4);
    }
    return buffer('data', bytes);
  };
  const head = buffer('header', header);
  const sysAdmin = 1 << 21;
  expect(
    await outcomes([
      { call: 'capset', args: [head, data(all, all, 0)] },
      { call: 'capset', args: [head, data(0, sysAdmin, 0)] },
      { call: 'capset', args: [head, data(0, 0, sysAdmin)] },
      // PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE.
      { call: 'prctl', args: [47, 2, 21, 0, 0] },
      { call: 'prctl', args: [47, 2, 0, 0, 0] },
    ]),
  ).toEqual(['capset EPERM', 'capset EPERM', 'capset EPERM', 'prctl EPERM', 'prctl EPERM']);
});

attackTest('a program of the image with the set-user-ID bit makes nobody root where no-new-privileges is', async () => {
  const attacks: AttackCall[] = [
    { call: 'geteuid', args: [] },
    { call: 'openat', args: [-100, '/etc/shadow', 0, 0] },
  ];
  const hostile = await image([{ name: 'su', mode: 0o4755, content: attackProgram(attacks) }]);
  const euid = async (options: Options) => {
    const container = await start(['/su'], { image: hostile, user: '1000', ...options });
    const [output] = await Promise.all([bytesOf(container.stdout), container.wait()]);
    return readAttempts(attacks, output).map(({ result, error }) => error ?? (result === 1000 ? 'user' : 'root'));
  };
  expect(await euid({})).toEqual(['root', 'root']);
  expect(await euid({ securityOpt: ['no-new-privileges'] })).toEqual(['user', 'EACCES']);
});

attackTest('capabilities that are dropped are dropped for good, and all of them may be', async () => {
  const script = 'grep Cap /proc/self/status | cut -f 2 | sort -u; chown 1 /tmp 2>&1; mknod /tmp/n c 1 3 2>&1';
  const shown = await sh(script, { capDrop: ['ALL'] });
  expect(shown.split('\n')[0]).toBe('0000000000000000');
  expect(shown.match(/Operation not permitted/g)).toHaveLength(2);
});

const cwd = -100;

/** Calls on the whole machine, with arguments that do nothing even where they are allowed: what else they would return. */
const machineCalls: readonly (AttackCall & { readonly otherwise: string })[] = [
  { call: 'reboot', args: [0, 0, 0, null], otherwise: 'EINVAL' },
  { call: 'kexec_load', args: [0, 0, null, 0xffff], otherwise: 'EINVAL' },
  { call: 'init_module', args: [null, 0, ''], otherwise: 'EFAULT' },
  { call: 'finit_module', args: [-1, '', 0], otherwise: 'EBADF' },
  { call: 'delete_module', args: ['nowhere', 0], otherwise: 'ENOENT' },
  { call: 'swapon', args: ['/nowhere', 0], otherwise: 'ENOENT' },
  { call: 'swapoff', args: ['/nowhere'], otherwise: 'ENOENT' },
  { call: 'acct', args: ['/nowhere'], otherwise: 'ENOENT' },
  { call: 'settimeofday', args: [null, null], otherwise: 'ok' },
  // ADJ_TICK with a tick that no clock has.
  { call: 'clock_adjtime', args: [0, buffer('timex', Buffer.alloc(208).fill(0x40, 1, 2))], otherwise: 'EINVAL' },
  { call: 'sethostname', args: [null, 8], otherwise: 'EFAULT' },
  { call: 'setdomainname', args: [null, 8], otherwise: 'EFAULT' },
  { call: 'chroot', args: ['/nowhere'], otherwise: 'ENOENT' },
];

attackTest('what acts on the whole machine is refused before its arguments are looked at', async () => {
  // CAP_SYS_CHROOT is docker's to give: the one that shows what a capability changes.
  const expected = machineCalls.map(({ call, otherwise }) =>
    call === 'chroot' ? `chroot ${otherwise}` : expect.stringMatching(new RegExp(`^${call} (EPERM|ENOSYS)$`)),
  );
  for (const options of withAndWithoutFilter) {
    const seen = await outcomes(machineCalls, options);
    expect(seen).toEqual(expected);
    // What a kernel was built without says nothing; most of it is there.
    expect(seen.filter((outcome) => outcome.endsWith('ENOSYS')).length).toBeLessThan(6);
  }
});

attackTest('mounts are neither made, changed, moved nor taken away', async () => {
  const attacks: AttackCall[] = [
    { call: 'mount', args: ['none', '/mnt', 'tmpfs', 0, null] },
    { call: 'mount', args: ['/etc', '/mnt', null, 0x1000, null] },
    { call: 'mount', args: ['none', '/', null, 0x20, null] },
    { call: 'mount', args: ['none', '/', null, 0x4_4000, null] },
    { call: 'umount2', args: ['/dev', 2] },
    { call: 'pivot_root', args: ['/mnt', '/mnt'] },
    { call: 'fsopen', args: ['tmpfs', 0] },
    { call: 'open_tree', args: [cwd, '/', 1] },
    { call: 'fspick', args: [cwd, '/', 0] },
    { call: 'mount_setattr', args: [cwd, '/', 0, buffer('attr', Buffer.alloc(32).fill(1, 8, 9)), 32] },
    { call: 'move_mount', args: [cwd, '/dev', cwd, '/mnt', 0] },
  ];
  for (const options of withAndWithoutFilter) {
    const attempts = await attempt(attacks, options);
    expect(new Set(attempts.map(({ error }) => error))).toEqual(new Set(['EPERM']));
  }
});

attackTest('namespaces are neither made nor entered with the powers of the host’s', async () => {
  const flags = {
    mnt: 0x2_0000,
    cgroup: 0x200_0000,
    uts: 0x400_0000,
    ipc: 0x800_0000,
    pid: 0x2000_0000,
    net: 0x4000_0000,
  };
  const attacks = Object.values(flags).map((flag) => ({ call: 'unshare', args: [flag] }));
  for (const options of withAndWithoutFilter) {
    expect(await outcomes(attacks, options)).toEqual(attacks.map(() => 'unshare EPERM'));
  }
});

attackTest('a file of the host can’t be opened by its handle (shocker)', async () => {
  // A file that is bound from the host's file system leads to that file system; 2 is the inode of an ext4's root.
  const handle = Buffer.alloc(16);
  handle.writeUInt32LE(8, 0);
  handle.writeInt32LE(1, 4);
  handle.writeUInt32LE(2, 8);
  const attacks: AttackCall[] = [
    { call: 'openat', args: [cwd, '/etc/hosts', 0, 0], result: 'hosts' },
    { call: 'open_by_handle_at', args: [{ kind: 'result', of: 'hosts' }, buffer('handle', handle), 0] },
  ];
  for (const options of withAndWithoutFilter) {
    const attempts = await attempt(attacks, options);
    expect(attempts.map(({ error }) => error)).toEqual([undefined, 'EPERM']);
  }
});
