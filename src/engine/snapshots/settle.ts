/**
 * What a container's record says and its directories still lack. The record comes first: wherever freezing or resetting is cut
 * off, the next who locks the container goes on from there, and nothing of its changes is lost.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { removeTreeSync } from '../../overlay/index.ts';
import { makeUpperdir } from '../containers/lowerdirs.ts';
import type { ContainerRecord } from '../containers/record.ts';
import type { EngineContext } from '../context.ts';
import { FrozenLayers } from './frozen-layers.ts';

/** Within withContainer(), which calls it. Idempotent. */
export function settle(context: EngineContext, record: ContainerRecord): ContainerRecord {
  const { unsettled, ...settled } = record;
  if (unsettled === undefined) return record;
  const directory = context.containers.directory(record.id);
  const [upperdir, workdir] = [join(directory, 'upper'), join(directory, 'work')];
  if (unsettled === 'freeze' && record.frozen !== undefined) {
    const layers = new FrozenLayers(context.directories.root);
    // Once the tree is in its place, an upperdir is a new one, begun and perhaps not finished.
    if (!layers.has(record.frozen)) layers.moveIn(record.frozen, upperdir);
  }
  if (existsSync(upperdir)) removeTreeSync(upperdir);
  // OverlayFS keeps things of the old upperdir in it.
  removeTreeSync(workdir);
  makeUpperdir(context, settled, { upperdir, workdir });
  context.containers.update(settled);
  return settled;
}
