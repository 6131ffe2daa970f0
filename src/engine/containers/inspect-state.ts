/** What `inspect` tells of a container's state, by docker's keys. */
import { isPaused } from './pause.ts';
import type { ContainerRecord } from './record.ts';
import { statusOf } from './status.ts';

/** docker's word for never. */
const never = '0001-01-01T00:00:00Z';

export function inspectState(record: ContainerRecord): Readonly<Record<string, unknown>> {
  const status = statusOf(record);
  const runs = status === 'running';
  const paused = runs && isPaused(record);
  return {
    Status: paused ? 'paused' : status,
    Running: runs,
    Paused: paused,
    Restarting: false,
    OOMKilled: record.oomKilled === true,
    Dead: false,
    Pid: runs ? record.process?.pid : 0,
    ExitCode: record.exitCode ?? 0,
    Error: '',
    StartedAt: record.started ?? never,
    FinishedAt: record.finished ?? never,
  };
}
