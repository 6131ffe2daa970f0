/** Which containers, running or not, have a volume. */
import type { EngineContext } from '../context.ts';

/** Ids by the name of the volume. */
export function volumeUsers(context: EngineContext): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  for (const { id, mounts = [] } of context.containers.list()) {
    const names = mounts.flatMap((point) => (point.type === 'volume' ? [point.name] : []));
    for (const name of new Set(names)) users.set(name, [...(users.get(name) ?? []), id]);
  }
  return users;
}
