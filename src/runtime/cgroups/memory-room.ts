/**
 * Whether a running container fits into less memory. cgroup v1 says EBUSY where it does not; v2 takes the limit and kills
 * processes of it until it fits, cgroup-v2.rst "memory.max".
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import type { Limit } from './limit.ts';
import { numberAfter } from './process-sums.ts';

/** @param directory its cgroup of v2 @throws GockerError `LIMIT_INVALID` */
export function checkRoom({ file, value }: Limit, directory: string): void {
  if (file !== 'memory.max' || value === 'max') return;
  const stat = read(directory, 'memory.stat');
  // File pages can be dropped; what remains must stay, in memory or in swap.
  const dropped = (numberAfter(stat, 'inactive_file') ?? 0) + (numberAfter(stat, 'active_file') ?? 0);
  const kept = Number(read(directory, 'memory.current')) - dropped;
  if (kept <= Number(value) + swapLeft(directory)) return;
  throw new GockerError(
    'LIMIT_INVALID',
    `cannot set "memory.max" to "${value}" (linux.resources.memory.limit, --memory): the container uses ${kept} bytes (expected as many or more: else the kernel kills it)`,
  );
}

function swapLeft(directory: string): number {
  const free = 1024 * (numberAfter(readFileSync('/proc/meminfo', 'latin1'), 'SwapFree:') ?? 0);
  const most = Number(read(directory, 'memory.swap.max'));
  return Number.isNaN(most) ? free : Math.min(free, Math.max(0, most - Number(read(directory, 'memory.swap.current'))));
}

/** Empty where the controller was not there so far: then nothing is counted. */
function read(directory: string, file: string): string {
  try {
    return readFileSync(join(directory, file), 'latin1').trim();
  } catch {
    return '';
  }
}
