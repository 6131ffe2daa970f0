/**
 * The cgroups of a running container, for a process that joins it: born in that of v2, moved into those of v1. Asked of its first
 * process rather than of the spec: an init that has moved itself below (systemd) leaves a cgroup that takes no more processes.
 */
import { closeSync, constants, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { componentsOf } from './directories.ts';
import { cgroupHierarchies, type Hierarchies } from './hierarchies.ts';

export class CgroupsOfProcess {
  readonly #v1: readonly string[];
  #fd: number | undefined;

  /**
   * @param name as in the spec: `gocker/<id>`; cgroups that are not at or below it are whatever else the container was started in
   * @throws Error ENOENT where it is gone
   */
  constructor(pid: number, name: string | undefined) {
    const hierarchies = cgroupHierarchies();
    const text = name === undefined ? '' : readFileSync(`/proc/${pid}/cgroup`, 'latin1');
    const { unified, v1 } = directoriesIn(text, name ?? '', hierarchies);
    this.#v1 = v1;
    if (unified !== undefined) this.#fd = openSync(unified, constants.O_RDONLY | constants.O_DIRECTORY);
  }

  /** That of v2, for the clone; close-on-exec. */
  get fd(): number | undefined {
    return this.#fd;
  }

  /** Into those of v1. To be called while it has one thread and does nothing. */
  moveIn(pid: number): void {
    for (const path of this.#v1) writeFileSync(join(path, 'cgroup.procs'), `${pid}`, { flag: 'r+' });
  }

  /** Once the clone has it, or has failed. Idempotent. */
  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}

/**
 * @param text of proc_pid_cgroup(5): `0::/gocker/3f…`, `4:memory:/gocker/3f…`
 * @param name the container's own
 */
export function directoriesIn(
  text: string,
  name: string,
  { unified, v1 }: Hierarchies,
): { readonly unified?: string; readonly v1: readonly string[] } {
  const own = `/${componentsOf(name).join('/')}`;
  const paths = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    const mountpoint = controllers === '' ? unified : v1.get(controllers.split(',')[0] ?? '');
    if (mountpoint === undefined || !`${path}/`.startsWith(`${own}/`)) continue;
    paths.set(mountpoint, join(mountpoint, path));
  }
  // Seen from another cgroup namespace the path says nothing.
  const fallback = unified === undefined ? undefined : join(unified, own);
  const found = (unified === undefined ? undefined : paths.get(unified)) ?? (existing(fallback) ? fallback : undefined);
  const others = [...paths].flatMap(([mountpoint, path]) => (mountpoint === unified ? [] : [path]));
  return { ...(found === undefined ? {} : { unified: found }), v1: others };
}

function existing(path: string | undefined): boolean {
  return path !== undefined && existsSync(path);
}
