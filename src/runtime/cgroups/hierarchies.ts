/**
 * Where cgroups are mounted, cgroups(7): v2 is one hierarchy with all controllers that v1 does not have; v1 has one a controller,
 * or for a few together. A machine with both (v2 as `unified`, mostly without controllers) is called hybrid.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Hierarchies {
  /** The mountpoint of cgroup v2; undefined where there is none, or none that can be reached. */
  readonly unified: string | undefined;
  /** Mountpoints of cgroup v1 by controller: `memory`, `blkio`, `cpu` … */
  readonly v1: ReadonlyMap<string, string>;
}

let found: Hierarchies | undefined;

/** Looked for once a process. */
export function cgroupHierarchies(): Hierarchies {
  found ??= hierarchiesIn(readFileSync('/proc/self/mountinfo', 'utf8'));
  return found;
}

export function cgroup2Mountpoint(): string | undefined {
  return cgroupHierarchies().unified;
}

/** @param mountinfo text of proc_pid_mountinfo(5): `36 35 98:0 / /mnt rw,noatime master:1 - cgroup cgroup rw,memory` */
export function hierarchiesIn(mountinfo: string): Hierarchies {
  let unified: string | undefined;
  const v1 = new Map<string, string>();
  for (const line of mountinfo.split('\n')) {
    const [mount = '', filesystem = ''] = line.split(' - ');
    if (!filesystem.startsWith('cgroup')) continue;
    const mountpoint = unescapeMountpoint(mount.split(' ')[4] ?? '');
    const [type, , options = ''] = filesystem.split(' ');
    if (type === 'cgroup2') unified ??= mountpoint;
    if (type !== 'cgroup') continue;
    // Among them `rw` and the names of hierarchies without controllers, which nobody asks for.
    for (const option of options.split(',')) if (!v1.has(option)) v1.set(option, mountpoint);
  }
  return { unified, v1 };
}

/** The controllers that cgroup v2 has, where v1 has not taken them. */
export function unifiedControllers({ unified }: Hierarchies): ReadonlySet<string> {
  if (unified === undefined) return new Set();
  return new Set(readFileSync(join(unified, 'cgroup.controllers'), 'latin1').trim().split(' '));
}

function unescapeMountpoint(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
