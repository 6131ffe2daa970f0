/** What `inspect` tells of a container's state, by docker's keys. */
import { healthOf } from './health/health-file.ts';
import { isPaused } from './pause.ts';
import type { ContainerRecord } from './record.ts';
import { statusOf } from './status.ts';

/** docker's word for never. */
const never = '0001-01-01T00:00:00Z';

export function inspectState(directory: string, record: ContainerRecord): Readonly<Record<string, unknown>> {
  const status = statusOf(record);
  const runs = status === 'running';
  const paused = runs && isPaused(record);
  const health = healthOf(directory, record, status);
  return {
    Status: paused ? 'paused' : status,
    // As docker: what is about to be started again counts as running.
    Running: runs || status === 'restarting',
    Paused: paused,
    Restarting: status === 'restarting',
    OOMKilled: record.oomKilled === true,
    Dead: false,
    Pid: runs ? record.process?.pid : 0,
    ExitCode: record.exitCode ?? 0,
    Error: record.error ?? '',
    StartedAt: record.started ?? never,
    FinishedAt: record.finished ?? never,
    ...(health === undefined ? {} : { Health: health }),
  };
}
