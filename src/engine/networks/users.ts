/** Which networks containers have, running or not. */
import type { EngineContext } from '../context.ts';

/** Their ids. */
export function networksInUse(context: EngineContext): ReadonlySet<string> {
  const records = context.containers.list(() => {});
  return new Set(records.flatMap(({ networks = [] }) => networks.map(({ network }) => network)));
}
