/** The two acts on a container's own changes: they become a layer that others can stand on, or they are thrown away. */
import { join } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import { isUntouched } from '../../overlay/index.ts';
import { syncFilesystem } from '../../syscall/index.ts';
import { lowerdirsOf, rootBelow } from '../containers/lowerdirs.ts';
import type { ContainerRecord } from '../containers/record.ts';
import type { EngineContext } from '../context.ts';
import { type FrozenID, FrozenLayers } from './frozen-layers.ts';
import { settle } from './settle.ts';

/** OVL_MAX_STACK of the kernel. */
const mostLowerdirs = 500;

/**
 * Freezes what the container has changed and gives it a fresh upperdir: one rename(2), however much that is. What has changed
 * nothing makes no layer. Once it resolves, all of it is on the disk.
 *
 * @param revise what else is to change in its record, in the same step; `frozen` is what it stands on then
 * @throws GockerError `SNAPSHOT_TOO_DEEP`, `LAYERS_MISSING`; SyscallError of syncfs(2)
 */
export async function freeze(
  context: EngineContext,
  record: ContainerRecord,
  revise: (frozen: FrozenID | undefined) => Partial<ContainerRecord>,
): Promise<ContainerRecord> {
  const { containers } = context;
  const directory = containers.directory(record.id);
  if (isUntouched(join(directory, 'upper'), rootBelow(context, record))) {
    const revised = { ...record, ...revise(record.frozen) };
    containers.update(revised);
    await syncFilesystem(directory);
    return revised;
  }
  checkDepth(context, record);
  // Before any step that can't be taken back: where the disk can't keep what there is, all stays as it was.
  await syncFilesystem(directory);
  let named = record;
  await new FrozenLayers(context.directories.root).make(record.frozen, (frozen) => {
    named = { ...record, ...revise(frozen), frozen, unsettled: 'freeze' };
    containers.update(named);
  });
  // The record, too, before what it speaks of: a power cut finds the old one and nothing moved, or the new one.
  await syncFilesystem(directory);
  return settle(context, named);
}

/**
 * Throws away what the container has changed, and has it stand on `frozen`, or on its image alone.
 *
 * @throws GockerError `SNAPSHOT_BROKEN`: then nothing has changed
 */
export function reset(context: EngineContext, record: ContainerRecord, frozen: FrozenID | undefined): ContainerRecord {
  if (frozen !== undefined) new FrozenLayers(context.directories.root).check(frozen);
  const { frozen: _, ...rest } = record;
  const named: ContainerRecord = { ...rest, ...(frozen === undefined ? {} : { frozen }), unsettled: 'reset' };
  context.containers.update(named);
  return settle(context, named);
}

function checkDepth(context: EngineContext, record: ContainerRecord): void {
  const depth = lowerdirsOf(context, record)?.length ?? 0;
  if (depth < mostLowerdirs) return;
  throw new GockerError(
    'SNAPSHOT_TOO_DEEP',
    `cannot freeze the changes of container "${record.name}": it stands on ${depth} layers (expected less than ${mostLowerdirs}, the kernel's limit)`,
    { hint: `Make one of them by "gocker commit ${record.name} IMAGE", and run that.` },
  );
}
