/** Frozen layers that nobody stands on any more. */
import type { EngineContext } from '../context.ts';
import { type FrozenID, FrozenLayers } from './frozen-layers.ts';

/** Costs a look for a folder where there has never been a snapshot. Idempotent; cut off, the next does the rest. */
export async function collectFrozen(context: EngineContext): Promise<void> {
  const layers = new FrozenLayers(context.directories.root);
  await layers.collect(() => {
    // Whoever gives a record a new layer is shut out meanwhile.
    const named = context.containers
      .list()
      .flatMap(({ frozen, snapshots = [] }) => [
        ...(frozen === undefined ? [] : [frozen]),
        ...snapshots.flatMap((snapshot) => snapshot.frozen ?? []),
      ]);
    return new Set<FrozenID>([...new Set(named)].flatMap((id) => layers.stack(id)));
  });
}
