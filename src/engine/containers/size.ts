/** What a container takes up on the disk. */
import { join } from 'node:path';
import type { EngineContext } from '../context.ts';
import { FrozenLayers } from '../snapshots/frozen-layers.ts';
import { openSnapshotter, stacksOf } from '../snapshotter.ts';
import { treeBytes } from '../tree-bytes.ts';
import type { ContainerRecord } from './record.ts';

export interface ContainerSizes {
  /** Bytes of what it wrote. */
  readonly sizeRw: number;
  /** The same with all that it stands on. */
  readonly sizeRootFs: number;
}

export function sizesOf(context: EngineContext, { id, layers, frozen }: ContainerRecord): ContainerSizes {
  const sizeRw = treeBytes(join(context.containers.directory(id), 'upper'));
  const snapshotter = openSnapshotter(context);
  const below = stacksOf(layers).reduce((sum, stack) => sum + (snapshotter.size(stack) ?? 0), 0);
  // What it wrote before, too, where snapshots hold it.
  const trees = frozen === undefined ? [] : new FrozenLayers(context.directories.root).lowerdirs(frozen);
  return { sizeRw, sizeRootFs: trees.reduce((sum, tree) => sum + treeBytes(tree), sizeRw + below) };
}
