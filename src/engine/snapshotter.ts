/** Which snapshotter keeps the layers of a root. */
import { join } from 'node:path';
import { DirectorySnapshotter, type Snapshotter } from '../overlay/index.ts';
import type { EngineContext } from './context.ts';

const opened = new WeakMap<EngineContext, Snapshotter>();

/** One a context. Touches nothing yet. */
export function openSnapshotter(context: EngineContext): Snapshotter {
  const known = opened.get(context);
  if (known !== undefined) return known;
  const snapshotter = new DirectorySnapshotter(join(context.directories.root, 'layers'));
  opened.set(context, snapshotter);
  return snapshotter;
}

/** Every layer of an image with all that is below it: `[a], [a, b], [a, b, c]`. */
export function stacksOf<T>(layers: readonly T[]): T[][] {
  return layers.map((_, at) => layers.slice(0, at + 1));
}
