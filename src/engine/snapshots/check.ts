/** The check of `verify` for frozen layers: nobody knows what is to be in them, but all that containers stand on must be there. */
import { GockerError } from '../../errors/index.ts';
import type { EngineContext } from '../context.ts';
import type { Fault } from '../images/check.ts';
import { FrozenLayers } from './frozen-layers.ts';

export async function* checkFrozen(context: EngineContext): AsyncGenerator<Fault> {
  const layers = new FrozenLayers(context.directories.root);
  for (const { name, frozen, snapshots = [], unsettled } of context.containers.list()) {
    for (const id of new Set([frozen, ...snapshots.map((snapshot) => snapshot.frozen)])) {
      // Cut off: the next who locks the container moves that one in.
      if (id === undefined || (id === frozen && unsettled !== undefined)) continue;
      const about = { object: id, kind: 'layer', neededBy: [`container ${name}`] } as const;
      const wrong = findFault(layers, id);
      yield {
        finding: wrong === undefined ? { ...about, state: 'sound' } : { ...about, state: 'missing', reason: wrong },
      };
    }
  }
}

function findFault(layers: FrozenLayers, id: string): string | undefined {
  try {
    layers.check(id);
    return undefined;
  } catch (error) {
    if (!(error instanceof GockerError)) throw error;
    return error.message;
  }
}
