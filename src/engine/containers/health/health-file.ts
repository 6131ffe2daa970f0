/** A container's health as a file: `<root>/containers/<id>/health.json`, replaced atomically, of one process of it. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessIdentity } from '../../../runtime/index.ts';
import type { ContainerRecord } from '../record.ts';
import { type ContainerStatus, statusOf } from '../status.ts';
import { type Health, noProbeYet } from './health.ts';
import { planProbe } from './healthcheck.ts';

interface Kept extends Health {
  readonly process: ProcessIdentity;
}

/** Of the process that the container has now: what was found out about another one doesn't count. */
export function readHealth(directory: string, { process }: Pick<ContainerRecord, 'process'>): Health {
  try {
    const { process: of, ...health } = JSON.parse(readFileSync(join(directory, 'health.json'), 'utf8')) as Kept;
    return of.pid === process?.pid && of.startTime === process.startTime ? health : noProbeYet;
  } catch (error) {
    // What a power cut leaves is as good as nothing.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return noProbeYet;
    throw error;
  }
}

export function writeHealth(directory: string, of: ProcessIdentity, health: Health): void {
  const temporary = join(directory, `.health-${process.pid}`);
  const kept: Kept = { process: of, ...health };
  writeFileSync(temporary, JSON.stringify(kept), { mode: 0o600 });
  renameSync(temporary, join(directory, 'health.json'));
}

/** @returns undefined where nothing checks it, or it has never been started */
export function healthOf(
  directory: string,
  record: ContainerRecord,
  status: ContainerStatus = statusOf(record),
): Health | undefined {
  if (record.healthcheck === undefined || planProbe(record.healthcheck) === undefined || status === 'created') {
    return undefined;
  }
  const health = readHealth(directory, record);
  // As docker: what doesn't run is not healthy.
  return status === 'exited' || status === 'restarting' ? { ...health, Status: 'unhealthy' } : health;
}
