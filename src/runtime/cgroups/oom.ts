/** How many processes the kernel has killed for want of memory, cgroup-v2.rst "memory.events", cgroup-v1/memory.rst "OOM Control". */
import { readFileSync } from 'node:fs';

export const oomFile = { 1: 'memory.oom_control', 2: 'memory.events' } as const;

/** @returns 0 where nothing is known of it */
export function oomKills(file: string): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync(file, 'latin1'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
