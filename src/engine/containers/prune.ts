/** `container prune`: all containers that don't run go. */
import { join } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import type { EngineContext } from '../context.ts';
import type { Pruned, PruneOptions } from '../options/lifecycle-options.ts';
import { parseMoment } from '../options/moment.ts';
import { treeBytes } from '../tree-bytes.ts';
import type { ContainerRecord } from './record.ts';
import { removeContainer } from './remove.ts';
import { isAlive, statusOf } from './status.ts';

/** Their anonymous volumes stay, as with docker. Those that are started meanwhile stay too. */
export async function pruneContainers(context: EngineContext, options: PruneOptions = {}): Promise<Pruned> {
  const isMeant = matcher(options);
  const removed: string[] = [];
  let reclaimed = 0;
  for (const record of context.containers.list(({ message }) => context.warn(message))) {
    if (!isIdle(record) || !isMeant(record)) continue;
    const bytes = treeBytes(join(context.containers.directory(record.id), 'upper'));
    try {
      await removeContainer(context, record.id);
    } catch (error) {
      const isMissed = ['CONTAINER_NOT_FOUND', 'CONTAINER_RUNNING'].includes(
        error instanceof GockerError ? error.code : '',
      );
      if (!isMissed) throw error;
      continue;
    }
    removed.push(record.id);
    reclaimed += bytes;
  }
  return { removed, reclaimed };
}

/** Neither running nor being made by somebody. */
function isIdle(record: ContainerRecord): boolean {
  if (statusOf(record) === 'created') return record.kept === true || !isAlive(record.owner);
  return statusOf(record) === 'exited';
}

function matcher({ until, labels = [], labelsNot = [] }: PruneOptions): (record: ContainerRecord) => boolean {
  const before = until === undefined ? undefined : parseMoment(until, '--filter until=', Date.now()) / 1_000_000n;
  return (record) =>
    (before === undefined || BigInt(Date.parse(record.created)) < before) &&
    labels.every((label) => hasLabel(record, label)) &&
    !labelsNot.some((label) => hasLabel(record, label));
}

function hasLabel({ labels }: ContainerRecord, label: string): boolean {
  const equals = label.indexOf('=');
  if (equals < 0) return Object.hasOwn(labels, label);
  return labels[label.slice(0, equals)] === label.slice(equals + 1);
}
