/** `restore`: a container as it was at a snapshot. */
import type { EngineContext } from '../context.ts';
import type { SnapshotOptions } from '../options/snapshot-options.ts';
import { atRest } from './at-rest.ts';
import { collectFrozen } from './collect.ts';
import { reset } from './freeze.ts';
import { findSnapshot } from './tags.ts';

const deed = { verb: 'restore', command: 'gocker restore' };

/**
 * What has changed since is thrown away, unless a later snapshot has it: all snapshots stay. Volumes are not touched.
 *
 * @param text name, id or unique prefix of an id
 * @throws GockerError `SNAPSHOT_NOT_FOUND`, `SNAPSHOT_BROKEN`; those of atRest()
 */
export async function restoreSnapshot(
  context: EngineContext,
  text: string,
  tag: string,
  options: SnapshotOptions = {},
): Promise<void> {
  // Before anything is stopped.
  findSnapshot(context.containers.find(text), tag);
  await atRest(context, text, { ...options, deed }, async (record) => {
    reset(context, record, findSnapshot(record, tag).frozen);
  });
  // What a fork has left it standing on may have been the last that stood there.
  await collectFrozen(context);
}
