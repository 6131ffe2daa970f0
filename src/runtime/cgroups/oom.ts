/** How many processes the kernel has killed for want of memory, cgroup-v2.rst "memory.events", cgroup-v1/memory.rst "OOM Control". */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import type { LinuxResources } from '../../oci/index.ts';
import { componentsOf } from './directories.ts';
import { cgroupHierarchies } from './hierarchies.ts';

export const oomFile = { 1: 'memory.oom_control', 2: 'memory.events' } as const;

/** Undefined where nothing limits the memory of that cgroup. */
export function findOomFile(name: string): string | undefined {
  return oomFilesOf(name).find((path) => existsSync(path));
}

/** Where it would be. */
export function oomFilesOf(name: string): string[] {
  const { unified, v1 } = cgroupHierarchies();
  const files = [
    [unified, oomFile[2]],
    [v1.get('memory'), oomFile[1]],
  ] as const;
  return files.flatMap(([mountpoint, file]) =>
    mountpoint === undefined ? [] : [join(mountpoint, ...componentsOf(name), file)],
  );
}

/** @returns 0 where nothing is known of it */
export function oomKills(file: string): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync(file, 'latin1'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Why a container did not start whose process the kernel killed for its memory. */
export function outOfMemoryAtStart(resources: LinuxResources | undefined, cause: unknown): GockerError {
  const limit = resources?.memory?.limit ?? resources?.unified?.['memory.max'];
  return new GockerError(
    'LIMIT_INVALID',
    `cannot start the container in ${limit} bytes of memory (linux.resources.memory.limit, --memory): it was out of memory before its program ran (expected 6 MiB or more)`,
    { cause },
  );
}
