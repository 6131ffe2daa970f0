/** Memory: cgroup-v2.rst "Memory Interface Files", cgroup-v1/memory.rst; bytes. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import type { LinuxResources } from '../../oci/index.ts';
import { cgroupHierarchies } from './hierarchies.ts';
import type { CgroupVersion, Limit } from './limit.ts';

/** @throws GockerError `LIMIT_INVALID` */
export function memoryLimits(memory: LinuxResources['memory'], version: CgroupVersion): Limit[] {
  const { limit = 0, reservation = 0, swap = 0 } = memory ?? {};
  if (limit > 0 && swap > 0 && swap < limit) {
    throw new GockerError(
      'LIMIT_INVALID',
      `cannot limit memory and swap to ${swap} (linux.resources.memory.swap, --memory-swap): it is both together (expected ${limit} or more)`,
    );
  }
  // A fresh cgroup has no limit on either, so memory can go first: memory with swap may never be below memory.
  return [
    ...set('limit', limit, { file: version === 2 ? 'memory.max' : 'memory.limit_in_bytes', version }),
    ...(version === 2 ? swapAlone(limit, swap) : set('swap', swap, { file: 'memory.memsw.limit_in_bytes', version })),
    ...set('reservation', reservation, { file: version === 2 ? 'memory.low' : 'memory.soft_limit_in_bytes', version }),
  ];
}

const flags = { limit: '--memory', swap: '--memory-swap', reservation: '--memory-reservation' };

/** The spec counts memory and swap together, as v1 does; v2 counts swap alone. */
function swapAlone(limit: number, swap: number): Limit[] {
  const file = 'memory.swap.max';
  if (swap <= 0) return set('swap', swap, { file, version: 2 });
  if (limit > 0) return [made('swap', file, `${swap - limit}`)];
  throw new GockerError(
    'LIMIT_INVALID',
    `cannot limit memory and swap to ${swap} (linux.resources.memory.swap, --memory-swap): memory has no limit (expected --memory with it)`,
  );
}

/** Nothing where it is 0: not set. Below 0: without limit. */
function set(
  field: keyof typeof flags,
  bytes: number,
  { file, version }: { readonly file: string; readonly version: CgroupVersion },
): Limit[] {
  if (bytes === 0) return [];
  const unlimited = version === 2 ? 'max' : '-1';
  return [made(field, file, bytes < 0 ? unlimited : `${bytes}`)];
}

/** Whether swap can be limited. The root of v2 does not tell; its kernels leave it out where they were booted so. */
export function countsSwap(): boolean {
  const v1 = cgroupHierarchies().v1.get('memory');
  if (v1 !== undefined) return existsSync(join(v1, 'memory.memsw.limit_in_bytes'));
  return existsSync('/proc/swaps') && !/\bswapaccount=0\b/.test(readFileSync('/proc/cmdline', 'latin1'));
}

function made(field: keyof typeof flags, file: string, value: string): Limit {
  return { controller: 'memory', file, value, field: `memory.${field}`, flag: flags[field] };
}
