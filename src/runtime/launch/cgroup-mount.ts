/** Where cgroup v2 is mounted, cgroups(7): /sys/fs/cgroup, or its `unified` beside v1 hierarchies. */
import { readFileSync } from 'node:fs';

let found: { mountpoint: string | undefined } | undefined;

/** Looked for once a process: undefined where there is none, or none that can be reached. */
export function cgroup2Mountpoint(): string | undefined {
  found ??= { mountpoint: cgroup2In(readFileSync('/proc/self/mountinfo', 'utf8')) };
  return found.mountpoint;
}

/** @param mountinfo text of proc_pid_mountinfo(5): `36 35 98:0 / /mnt rw,noatime master:1 - cgroup2 cgroup2 rw` */
export function cgroup2In(mountinfo: string): string | undefined {
  for (const line of mountinfo.split('\n')) {
    const [mount = '', filesystem = ''] = line.split(' - ');
    if (!filesystem.startsWith('cgroup2 ')) continue;
    const mountpoint = mount.split(' ')[4] ?? '';
    return mountpoint.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
  }
  return undefined;
}
