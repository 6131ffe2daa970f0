/** What a container's own changes lie over: layers that snapshots have frozen, and below them its image's. */
import { mkdirSync } from 'node:fs';
import { likenDirectory } from '../../overlay/index.ts';
import type { EngineContext } from '../context.ts';
import { FrozenLayers } from '../snapshots/frozen-layers.ts';
import { openSnapshotter } from '../snapshotter.ts';
import type { ContainerRecord } from './record.ts';

type Standing = Pick<ContainerRecord, 'layers' | 'frozen'>;

/**
 * All trees below a container's upperdir, top first, as OverlayFS's `lowerdir`s.
 *
 * @returns undefined where a layer of its image is not unpacked here
 * @throws GockerError `SNAPSHOT_BROKEN`
 */
export function lowerdirsOf(context: EngineContext, { layers, frozen }: Standing): readonly string[] | undefined {
  const image = openSnapshotter(context).lowerdirs(layers);
  if (frozen === undefined || image === undefined) return image;
  return [...new FrozenLayers(context.directories.root).lowerdirs(frozen), ...image];
}

/** The tree whose root directory a container's own begins as. */
export function rootBelow(context: EngineContext, { layers, frozen }: Standing): string | undefined {
  return frozen === undefined
    ? openSnapshotter(context).root(layers)
    : new FrozenLayers(context.directories.root).tree(frozen);
}

/**
 * Makes an empty upperdir, whose root looks like the one below it, and its workdir.
 *
 * @throws GockerError `LAYER_MISSING`
 */
export function makeUpperdir(
  context: EngineContext,
  { layers, frozen }: Standing,
  writable: { readonly upperdir: string; readonly workdir: string },
): void {
  if (frozen === undefined) {
    openSnapshotter(context).prepare(layers, writable);
    return;
  }
  mkdirSync(writable.workdir, { mode: 0o700 });
  mkdirSync(writable.upperdir, { mode: 0o755 });
  likenDirectory(new FrozenLayers(context.directories.root).tree(frozen), writable.upperdir);
}
