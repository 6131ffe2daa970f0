/** A container's health, from one probe to the next: docker's rules. Pure. */
import type { ProbePlan } from './healthcheck.ts';

export type HealthStatus = 'starting' | 'healthy' | 'unhealthy';

/** docker's keys. */
export interface ProbeResult {
  /** RFC 3339. */
  readonly Start: string;
  readonly End: string;
  /** The probe's own; -1 where it could not be run or took too long. */
  readonly ExitCode: number;
  readonly Output: string;
}

/** docker's keys: `State.Health` of `inspect`. */
export interface Health {
  readonly Status: HealthStatus;
  /** Failures in a row that count. */
  readonly FailingStreak: number;
  /** The last ones, oldest first. */
  readonly Log: readonly ProbeResult[];
}

const KEPT_RESULTS = 5;

export const noProbeYet: Health = { Status: 'starting', FailingStreak: 0, Log: [] };

/** @param started RFC 3339: of the container */
export function afterProbe(health: Health, result: ProbeResult, plan: ProbePlan, started: string): Health {
  const Log = [...health.Log, result].slice(-KEPT_RESULTS);
  if (result.ExitCode === 0) return { Status: 'healthy', FailingStreak: 0, Log };
  const isExcused = health.Status === 'starting' && Date.parse(result.Start) - Date.parse(started) < plan.startPeriod;
  if (isExcused) return { ...health, Log };
  const FailingStreak = health.FailingStreak + 1;
  return { Status: FailingStreak >= plan.retries ? 'unhealthy' : health.Status, FailingStreak, Log };
}

/** Milliseconds to the next probe. @param age milliseconds that the container has run */
export function untilNextProbe({ Status }: Pick<Health, 'Status'>, plan: ProbePlan, age: number): number {
  return Status === 'starting' && age < plan.startPeriod ? plan.startInterval : plan.interval;
}
