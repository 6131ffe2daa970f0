/** Which limits this machine can hold a container to. */
import { cgroupHierarchies, unifiedControllers } from './hierarchies.ts';
import type { Controller } from './limit.ts';
import { nameInV1 } from './limits.ts';
import { countsSwap } from './memory.ts';

export type Limitable = Extract<Controller, 'memory' | 'cpu' | 'cpuset' | 'pids' | 'io'> | 'swap';

const controllers = ['memory', 'cpu', 'cpuset', 'pids', 'io'] as const satisfies readonly Limitable[];

export function availableLimits(): ReadonlySet<Limitable> {
  const hierarchies = cgroupHierarchies();
  const unified = unifiedControllers(hierarchies);
  const found = new Set<Limitable>(
    controllers.filter((controller) => unified.has(controller) || hierarchies.v1.has(nameInV1(controller))),
  );
  if (found.has('memory') && countsSwap()) found.add('swap');
  return found;
}
