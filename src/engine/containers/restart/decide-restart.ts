/** Whether a container that has ended is started again, and after which pause: docker's rules. Pure. */
import type { RestartPolicy } from './policy.ts';

/** Milliseconds. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 60_000;
/** Who ran so long has got over whatever ended it: pauses begin anew. */
const LONG_ENOUGH = 10_000;

export interface Ending {
  readonly exitCode: number;
  /** Milliseconds. */
  readonly ranFor: number;
  /** By `stop` or `kill`. */
  readonly stopped: boolean;
  /** Failures in a row before this one. */
  readonly failures: number;
  /** Milliseconds that its last start was put off by; 0 where it was not. */
  readonly lastPause: number;
}

export type RestartDecision =
  | { readonly kind: 'stay' }
  /** `failures`: in a row, with this one. */
  | { readonly kind: 'restart'; readonly pause: number; readonly failures: number };

export function decideRestart(policy: RestartPolicy, ending: Ending): RestartDecision {
  const failures = ending.exitCode === 0 ? 0 : ending.failures + 1;
  if (ending.stopped || !isWanted(policy, ending.exitCode, failures)) return { kind: 'stay' };
  const before = ending.ranFor >= LONG_ENOUGH ? 0 : ending.lastPause;
  const pause = before === 0 ? FIRST_PAUSE : Math.min(before * 2, LONGEST_PAUSE);
  return { kind: 'restart', pause, failures };
}

function isWanted({ name, maximumRetryCount }: RestartPolicy, exitCode: number, failures: number): boolean {
  if (name === 'always' || name === 'unless-stopped') return true;
  return name === 'on-failure' && exitCode !== 0 && (maximumRetryCount === 0 || failures <= maximumRetryCount);
}
