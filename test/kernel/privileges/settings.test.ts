import { readFileSync } from 'node:fs';

import { expect } from 'vitest';
import { overlay, rootTest, run } from '../runtime/alpine.ts';
import { shell, specWith } from './granted.ts';

rootTest('no-new-privileges takes the power from a setuid program', async () => {
  expect((await shell('grep NoNewPrivs /proc/self/status', {})).stdout).toMatch(/0$/);
  const rootfs = overlay();
  // busybox gives up what setuid gave it by itself.
  const prepare = ['chmod', '4755', '/usr/bin/iconv'];
  expect((await run(prepare, { spec: specWith(prepare, {}), rootfs })).exit.exitCode).toBe(0);
  const reads = async (securityOpt: string[]) => {
    const args = ['iconv', '-f', 'UTF-8', '-t', 'UTF-8', '/etc/shadow'];
    return (await run(args, { spec: specWith(args, { uid: 1000, securityOpt }), rootfs })).stdout.startsWith('root:');
  };
  expect([await reads([]), await reads(['no-new-privileges'])]).toEqual([true, false]);
});

rootTest('limits arrive, low ones too; one above gocker’s own is told of', async () => {
  const { stdout, warnings } = await shell('cat /proc/self/limits', { ulimits: ['nofile=4:8', 'core=0', 'cpu=-1'] });
  const limit = (name: string) => new RegExp(`^Max ${name}\\s+(\\S+)\\s+(\\S+)`, 'm').exec(stdout)?.slice(1);
  expect(limit('open files')).toEqual(['4', '8']);
  expect(limit('core file size')).toEqual(['0', '0']);
  expect(limit('cpu time')).toEqual(['unlimited', 'unlimited']);
  expect(warnings).toEqual([]);
});

rootTest('an OOM score arrives, and one that gocker may not give is told of', async () => {
  expect((await shell('cat /proc/self/oom_score_adj', { oomScoreAdj: 500 })).stdout).toBe('500');
  const { stdout, warnings } = await shell('cat /proc/self/oom_score_adj', { oomScoreAdj: -999 });
  const own = readFileSync('/proc/self/oom_score_adj', 'latin1').trim();
  if (stdout === '-999') expect(warnings).toEqual([]);
  else expect([stdout, warnings.join()]).toEqual([own, expect.stringContaining('the OOM score stays')]);
});

rootTest('sysctls are set for the container, and for nobody else', async () => {
  const before = readFileSync('/proc/sys/kernel/msgmax', 'latin1');
  const sysctls = ['kernel.msgmax=12345', 'net.ipv4.ip_forward=1', 'net.core.somaxconn=77', 'fs.mqueue.msg_max=20'];
  const { stdout } = await shell(
    'cd /proc/sys; cat kernel/msgmax net/ipv4/ip_forward net/core/somaxconn fs/mqueue/msg_max',
    { sysctls },
  );
  expect(stdout).toBe('12345\n1\n77\n20');
  expect(readFileSync('/proc/sys/kernel/msgmax', 'latin1')).toBe(before);
});

rootTest('a sysctl that the kernel does not know or take is told by name', async () => {
  await expect(shell('true', { sysctls: ['net.nope=1'] })).rejects.toMatchObject({
    code: 'SYSCTL_INVALID',
    message: expect.stringContaining('cannot set sysctl "net.nope": this kernel has none of that name'),
  });
  await expect(shell('true', { sysctls: ['kernel.msgmax=abc'] })).rejects.toMatchObject({
    code: 'SYSCTL_INVALID',
    message: expect.stringContaining('cannot set sysctl "kernel.msgmax" to "abc"'),
  });
});

rootTest('/dev/shm has the size that was asked for, and is full when it is', async () => {
  const { stdout, stderr } = await shell('head -c 2000000 /dev/zero > /dev/shm/x; stat -c %s /dev/shm/x', {
    shmSize: '1m',
  });
  expect([stdout, stderr]).toEqual(['1048576', expect.stringContaining('head: standard output')]);
});

rootTest('masked and read-only paths open as far as is asked', async () => {
  const covers = async (...securityOpt: string[]) =>
    (await shell("awk '$2 ~ /^\\/proc\\// { print $2 }' /proc/mounts", { securityOpt })).stdout.split('\n');
  expect(await covers()).toEqual(expect.arrayContaining(['/proc/keys', '/proc/sys']));
  expect(await covers('systempaths=unconfined')).toEqual(['']);
  expect(await covers('unmask=/proc/keys:/proc/sys')).not.toContain('/proc/keys');
  expect((await shell('wc -c < /proc/keys; wc -c < /etc/motd', { securityOpt: ['mask=/etc/motd'] })).stdout).toBe(
    '0\n0',
  );
});

rootTest('sysfs and cgroups can be written to by who is privileged, cgroups alone by who asks for that', async () => {
  const mounts = async (granted: Parameters<typeof shell>[1]) =>
    (await shell("awk '$2 ~ /^\\/sys/ { print $2, substr($4, 1, 2) }' /proc/mounts", granted)).stdout
      .split('\n')
      .filter((line) => /^\/sys(\/fs\/cgroup)? /.test(line));
  expect(await mounts({})).toEqual(['/sys ro', '/sys/fs/cgroup ro']);
  expect(await mounts({ securityOpt: ['writable-cgroups=true'] })).toEqual(['/sys ro', '/sys/fs/cgroup rw']);
  expect(await mounts({ privileged: true })).toEqual(['/sys rw', '/sys/fs/cgroup rw']);
});
