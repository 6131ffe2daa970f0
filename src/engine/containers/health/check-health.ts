/**
 * One beat of a container's pulse: `health-check`, a process that its monitor starts when its timer fires. It probes, judges,
 * and sets the timer for the next beat; the monitor waits for nothing.
 */
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { GockerError } from '../../../errors/index.ts';
import { setTimer, tryLock } from '../../../syscall/index.ts';
import type { EngineContext } from '../../context.ts';
import { recordContainerEvent } from '../../events/record-event.ts';
import { endsWithin } from '../ending.ts';
import type { ContainerRecord } from '../record.ts';
import { isAlive, statusOf } from '../status.ts';
import { afterProbe, type Health, untilNextProbe } from './health.ts';
import { readHealth, writeHealth } from './health-file.ts';
import { type ProbePlan, planProbe } from './healthcheck.ts';
import { probe } from './probe.ts';

/** Milliseconds after a probe's time in which its judge has written down what it found, or was killed. */
const GRACE = 10_000;

/** 128 + SIGKILL: perhaps of a container that is just going. Milliseconds to see whether it is. */
const KILLED = 137;
const GOING = 500;

export interface HealthCheckOptions {
  /** A timerfd(2) of the monitor's, to be set; nobody's where left out. */
  readonly timer?: number;
}

/**
 * Nothing happens where it doesn't run, is paused, or is being checked already.
 *
 * @param text name, id or unique prefix of an id
 * @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`
 */
export async function checkHealth(
  context: EngineContext,
  text: string,
  { timer }: HealthCheckOptions = {},
): Promise<void> {
  const record = context.containers.find(text);
  const plan = planProbe(record.healthcheck, record.shell);
  if (plan === undefined) return;
  const directory = context.containers.directory(record.id);
  // One at a time, however short the interval is.
  const lock = openSync(join(directory, 'health.lock'), 'a', 0o600);
  try {
    if (!tryLock(lock, 'exclusive')) return;
    const arm = (milliseconds: number) => {
      if (timer !== undefined) setTimer(timer, milliseconds, plan.timeout + GRACE);
    };
    // Should this process be killed, the next beat comes all the same.
    arm(plan.timeout + GRACE);
    const health = await judge(context, record, plan);
    arm(untilNextProbe(health, plan, Date.now() - Date.parse(record.started ?? '')));
  } finally {
    closeSync(lock);
  }
}

async function judge(context: EngineContext, record: ContainerRecord, plan: ProbePlan): Promise<Health> {
  const directory = context.containers.directory(record.id);
  const before = readHealth(directory, record);
  const { process, started = '' } = record;
  if (process === undefined || statusOf(record) !== 'running') return before;
  try {
    const result = await probe(context, record.id, plan);
    // A container that ended meanwhile took its probe along: that says nothing.
    if (result.ExitCode === KILLED) await endsWithin(process, GOING);
    if (!isAlive(process)) return before;
    const health = afterProbe(before, result, plan, started);
    writeHealth(directory, process, health);
    if (health.Status !== before.Status) {
      recordContainerEvent(context, context.containers.get(record.id, record.name), `health_status: ${health.Status}`);
    }
    return health;
  } catch (error) {
    if (error instanceof GockerError && error.code.startsWith('CONTAINER_')) return before;
    throw error;
  }
}
