/** Which processes a container has. */
import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { cgroupHierarchies } from '../cgroups/hierarchies.ts';
import { processesOf } from '../cgroups/process-sums.ts';
import type { ProcessIdentity } from './process-identity.ts';

/**
 * Those of its cgroup and of those below it; where this machine has none of v2, those of its pid namespace. Some may have ended by now.
 *
 * @param container its first process
 * @param name of its cgroup: `gocker/<id>`
 */
export function processesOfContainer({ pid }: ProcessIdentity, name: string): number[] {
  const { unified } = cgroupHierarchies();
  const found = unified === undefined ? [] : processesOf(join(unified, name));
  return (found.length > 0 ? found : withNamespaceOf(pid)).sort((a, b) => a - b);
}

function withNamespaceOf(pid: number): number[] {
  const namespace = namespaceOf(pid);
  if (namespace === undefined) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((each) => namespaceOf(each) === namespace);
}

function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}
