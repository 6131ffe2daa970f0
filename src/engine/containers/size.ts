/** What a container takes up on the disk. */
import { join } from 'node:path';
import type { EngineContext } from '../context.ts';
import { openSnapshotter, stacksOf } from '../snapshotter.ts';
import { treeBytes } from '../tree-bytes.ts';
import type { ContainerRecord } from './record.ts';

export interface ContainerSizes {
  /** Bytes of what it wrote. */
  readonly sizeRw: number;
  /** The same with all that it stands on. */
  readonly sizeRootFs: number;
}

export function sizesOf(context: EngineContext, { id, layers }: ContainerRecord): ContainerSizes {
  const sizeRw = treeBytes(join(context.containers.directory(id), 'upper'));
  const snapshotter = openSnapshotter(context);
  const below = stacksOf(layers).reduce((sum, stack) => sum + (snapshotter.size(stack) ?? 0), 0);
  return { sizeRw, sizeRootFs: sizeRw + below };
}
