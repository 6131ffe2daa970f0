/** What a filter does with a call: the words of config-linux.md#seccomp as what the filter returns, seccomp(2) §"Filter return values". */
import { GockerError, nearest } from '../../errors/index.ts';

/** SECCOMP_RET_*, linux/seccomp.h: the action in the upper half, its data in the lower. */
const returns = {
  SCMP_ACT_KILL: 0,
  SCMP_ACT_KILL_THREAD: 0,
  SCMP_ACT_KILL_PROCESS: 0x8000_0000,
  SCMP_ACT_TRAP: 0x0003_0000,
  SCMP_ACT_ERRNO: 0x0005_0000,
  SCMP_ACT_TRACE: 0x7ff0_0000,
  SCMP_ACT_LOG: 0x7ffc_0000,
  SCMP_ACT_ALLOW: 0x7fff_0000,
} as const;

export const ALLOW = returns.SCMP_ACT_ALLOW;
export const KILL_PROCESS = returns.SCMP_ACT_KILL_PROCESS;

const EPERM = 1;
/** The largest number that the kernel lets a call fail with, linux/err.h. */
const MAX_ERRNO = 4095;

/** Actions whose lower half is a number of the profile's choice, and the greatest of them. */
const withData = new Map<string, number>([
  ['SCMP_ACT_ERRNO', MAX_ERRNO],
  ['SCMP_ACT_TRACE', 0xffff],
]);

/**
 * What a filter returns for an action. `errnoRet` counts for ERRNO and TRACE, EPERM where it is left out, as docker has it.
 *
 * @throws GockerError `SECCOMP_INVALID`
 */
export function filterReturn(action: string, errnoRet?: number): number {
  if (action === 'SCMP_ACT_NOTIFY') {
    throw new GockerError(
      'SECCOMP_INVALID',
      'cannot use seccomp profile: it has SCMP_ACT_NOTIFY, and nothing here would answer the calls (expected another action)',
      { hint: 'Take SCMP_ACT_ERRNO, or SCMP_ACT_LOG to see such calls in the audit log.' },
    );
  }
  const known = Object.keys(returns);
  if (!known.includes(action)) {
    const expected = nearest(action, known) ?? known.join(', ');
    throw new GockerError(
      'SECCOMP_INVALID',
      `cannot use seccomp profile: action "${action}" is none (expected ${expected})`,
    );
  }
  const base = returns[action as keyof typeof returns];
  const most = withData.get(action);
  if (most === undefined) return base;
  const data = errnoRet ?? EPERM;
  if (Number.isInteger(data) && data >= 0 && data <= most) return base + data;
  throw new GockerError(
    'SECCOMP_INVALID',
    `cannot use seccomp profile: errnoRet ${data} does not fit ${action} (expected 0 to ${most})`,
  );
}

/** Whether a call goes through, perhaps by leave of a tracer. */
export function letsThrough(value: number): boolean {
  return value === ALLOW || value === returns.SCMP_ACT_LOG || (value & 0x7fff_0000) === returns.SCMP_ACT_TRACE;
}

/** The action's name and data: `{ action: 'SCMP_ACT_ERRNO', data: 1 }`. */
export function describeReturn(value: number): { readonly action: string; readonly data: number } {
  const base = (value & 0xffff_0000) >>> 0;
  // KILL's older name comes first, and says less.
  const [action = 'SCMP_ACT_KILL_PROCESS'] = Object.entries(returns).findLast(([, number]) => number === base) ?? [];
  return { action, data: value & 0xffff };
}
