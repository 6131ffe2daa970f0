/** `ps`: the containers there are. */
import type { EngineContext } from '../context.ts';
import type { ListOptions } from '../options/container-filters.ts';
import type { ContainerSummary } from '../types.ts';
import type { Candidate } from './match.ts';
import type { ContainerRecord } from './record.ts';
import { statusOf } from './status.ts';

/**
 * Newest first; the status is read off the processes, not believed.
 *
 * @throws GockerError `CONTAINER_NOT_FOUND` for `before` and `since`, `IMAGE_AMBIGUOUS`
 */
export async function listContainers(
  context: EngineContext,
  { last, size = false, ...filters }: ListOptions = {},
): Promise<readonly ContainerSummary[]> {
  const records = context.containers.list(({ message }) => context.warn(message));
  // Loaded only where one may be paused.
  const isPaused = records.some(({ paused }) => paused) ? (await import('./pause.ts')).isPaused : () => false;
  const isChecked = records.some(({ healthcheck }) => healthcheck !== undefined);
  const { healthOf } = isChecked ? await import('./health/health-file.ts') : { healthOf: undefined };
  let found = records.map((record): Candidate => {
    const status = stateOf(record, isPaused);
    const isUp = status === 'running' || status === 'paused';
    const health = isUp ? healthOf?.(context.containers.directory(record.id), record) : undefined;
    return { record, status, health: health?.Status };
  });
  if (Object.keys(filters).length > 0) found = found.filter((await import('./match.ts')).matcher(context, filters));
  const listed = found.slice(0, last ?? found.length);
  const { sizesOf } = size ? await import('./size.ts') : { sizesOf: undefined };
  const isNetworked = listed.some(({ record }) => record.networks !== undefined);
  const networksOf = isNetworked ? (await import('../networks/summary.ts')).networkSummaries(context) : undefined;
  return listed.map((candidate) => ({
    ...summarize(candidate),
    ...networksOf?.(candidate.record),
    ...sizesOf?.(context, candidate.record),
  }));
}

function stateOf(record: ContainerRecord, isPaused: (record: ContainerRecord) => boolean): Candidate['status'] {
  const status = statusOf(record);
  return status === 'running' && isPaused(record) ? 'paused' : status;
}

function summarize({ record, status, health }: Candidate): ContainerSummary {
  const { started, finished, exitCode, process, mounts = [] } = record;
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
    ...(health === undefined ? {} : { health }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...((status === 'running' || status === 'paused') && process !== undefined ? { pid: process.pid } : {}),
    labels: record.labels,
    network: record.namespaces?.network ?? 'none',
    networks: networkNames(record),
    ports: [],
    exposedPorts: record.exposedPorts ?? [],
    mounts: mounts.flatMap((point) => {
      if (point.type === 'tmpfs') return [];
      const source = point.type === 'volume' ? point.name : point.type === 'bind' ? point.source : point.image;
      return [{ type: point.type, source, destination: point.destination }];
    }),
  };
}

/** Of those that are no networks of ours. */
function networkNames({ namespaces }: ContainerRecord): readonly string[] {
  const mode = namespaces?.network ?? 'none';
  return mode === 'none' || mode === 'host' ? [mode] : [];
}
