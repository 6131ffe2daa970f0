/** `ps`: the containers there are. */
import type { EngineContext } from '../context.ts';
import type { ContainerSummary } from '../types.ts';
import type { ContainerRecord } from './record.ts';
import { statusOf } from './status.ts';

/** Newest first; the status is read off the processes, not believed. */
export async function listContainers(context: EngineContext): Promise<readonly ContainerSummary[]> {
  return context.containers.list(({ message }) => context.warn(message)).map(summarize);
}

function summarize(record: ContainerRecord): ContainerSummary {
  const status = statusOf(record);
  const { started, finished, exitCode, process } = record;
  return {
    id: record.id,
    name: record.name,
    image: record.image,
    imageID: record.imageID,
    command: [record.path, ...record.args],
    created: record.created,
    ...(started === undefined ? {} : { started }),
    ...(finished === undefined ? {} : { finished }),
    status,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(status === 'running' && process !== undefined ? { pid: process.pid } : {}),
    labels: record.labels,
  };
}
