/** The snapshots of a container by their tags: found, listed, removed. */
import { GockerError } from '../../errors/index.ts';
import { withContainer } from '../containers/lock.ts';
import type { ContainerRecord, SnapshotRecord } from '../containers/record.ts';
import type { EngineContext } from '../context.ts';
import type { Snapshot } from '../options/snapshot-options.ts';
import { collectFrozen } from './collect.ts';
import { FrozenLayers } from './frozen-layers.ts';

/** Oldest first. @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`, `SNAPSHOT_BROKEN` */
export async function listSnapshots(context: EngineContext, text: string): Promise<readonly Snapshot[]> {
  return describeSnapshots(context, context.containers.find(text));
}

/** @throws GockerError `SNAPSHOT_BROKEN` */
export function describeSnapshots(
  context: EngineContext,
  { snapshots = [], frozen: standing }: Pick<ContainerRecord, 'snapshots' | 'frozen'>,
): Snapshot[] {
  const layers = new FrozenLayers(context.directories.root);
  return snapshots.map(({ tag, created, frozen }) => ({
    tag,
    created,
    depth: frozen === undefined ? 0 : layers.stack(frozen).length,
    current: frozen === standing,
  }));
}

/**
 * What was frozen goes once nothing stands on it: no container, no fork, no other snapshot.
 *
 * @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`, `SNAPSHOT_NOT_FOUND`
 */
export async function removeSnapshot(context: EngineContext, text: string, tag: string): Promise<void> {
  await withContainer(context, text, (record) => {
    const gone = findSnapshot(record, tag);
    const snapshots = (record.snapshots ?? []).filter((snapshot) => snapshot !== gone);
    context.containers.update({ ...record, snapshots });
  });
  await collectFrozen(context);
}

/** @throws GockerError `SNAPSHOT_NOT_FOUND` */
export function findSnapshot({ name, snapshots = [] }: ContainerRecord, tag: string): SnapshotRecord {
  const found = snapshots.find((snapshot) => snapshot.tag === tag);
  if (found !== undefined) return found;
  throw new GockerError(
    'SNAPSHOT_NOT_FOUND',
    `cannot find snapshot "${tag}" of container "${name}": no such snapshot`,
    {
      hint: `See "gocker snapshot ls ${name}" for those there are.`,
    },
  );
}
