/** How many processes and threads: cgroup-v2.rst "PID Interface Files"; v1 has the same file. */
import type { LinuxResources } from '../../oci/index.ts';
import type { Limit } from './limit.ts';

/** As docker has it, nothing and less than nothing are "no limit". */
export function pidsLimits(pids: LinuxResources['pids']): Limit[] {
  if (pids === undefined) return [];
  const value = pids.limit > 0 ? `${pids.limit}` : 'max';
  return [{ controller: 'pids', file: 'pids.max', value, field: 'pids.limit', flag: '--pids-limit' }];
}
