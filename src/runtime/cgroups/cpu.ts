/** CPU time: cgroup-v2.rst "CPU Interface Files", sched-bwc.rst, sched-design-CFS.rst; microseconds. */
import type { LinuxResources } from '../../oci/index.ts';
import type { CgroupVersion, Limit } from './limit.ts';

const defaultPeriod = 100_000;

export function cpuLimits(cpu: LinuxResources['cpu'], version: CgroupVersion): Limit[] {
  const { shares = 0, quota = 0, period = 0 } = cpu ?? {};
  return [
    ...(shares > 0 ? [sharesLimit(shares, version)] : []),
    ...(quota !== 0 || period > 0 ? timeLimits(quota, period, version) : []),
  ];
}

function sharesLimit(shares: number, version: CgroupVersion): Limit {
  const asked = { controller: 'cpu', field: 'cpu.shares', flag: '--cpu-shares' } as const;
  return version === 1
    ? { ...asked, file: 'cpu.shares', value: `${shares}` }
    : { ...asked, file: 'cpu.weight', value: `${weightOf(shares)}` };
}

/**
 * v1's shares (2 to 262144, 1024 by default) as v2's weight (1 to 10000, 100 by default): the curve through these three
 * that runc has since 1.3.2 and crun since 1.23 (opencontainers/cgroups#20). Those before had a line, on which 1024 was 39.
 */
export function weightOf(shares: number): number {
  if (shares <= 2) return 1;
  if (shares >= 262_144) return 10_000;
  const log = Math.log2(shares);
  return Math.ceil(10 ** ((log * log + 125 * log) / 612 - 7 / 34));
}

function timeLimits(quota: number, period: number, version: CgroupVersion): Limit[] {
  const cpu = { controller: 'cpu' } as const;
  const asked = quota === 0 ? { field: 'cpu.period', flag: '--cpu-period' } : { field: 'cpu.quota', flag: '--cpus' };
  if (version === 2) {
    const value = `${quota > 0 ? quota : 'max'} ${period > 0 ? period : defaultPeriod}`;
    return [{ ...cpu, ...asked, file: 'cpu.max', value }];
  }
  // The period first: a quota is judged by the period that is there.
  return [
    ...(period > 0
      ? [{ ...cpu, field: 'cpu.period', flag: '--cpu-period', file: 'cpu.cfs_period_us', value: `${period}` }]
      : []),
    ...(quota !== 0 ? [{ ...cpu, ...asked, file: 'cpu.cfs_quota_us', value: `${quota > 0 ? quota : -1}` }] : []),
  ];
}
