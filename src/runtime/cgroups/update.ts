/**
 * New limits for a container that runs. All of them hold or none: what the kernel refuses leaves the others as they were. In v2
 * they are written where the container is; of v1 it may have no cgroup yet in a hierarchy, and then all of its processes move.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import type { LinuxResources } from '../../oci/index.ts';
import { enableControllers } from './cgroup.ts';
import { inheritCpuset } from './cpuset.ts';
import { codeOf, componentsOf, makeCgroup, removeEmpty } from './directories.ts';
import { cgroupHierarchies, type Hierarchies, unifiedControllers } from './hierarchies.ts';
import type { CgroupVersion, Limit } from './limit.ts';
import { nameInV1, type PlannedLimits, planLimits } from './limits.ts';
import { checkRoom } from './memory-room.ts';
import { placesOf } from './places.ts';
import { processesOf } from './process-sums.ts';
import { writeLimit } from './write-limit.ts';

export interface CgroupUpdate {
  /** As in the spec: `gocker/<id>`. */
  readonly name: string;
  readonly from: LinuxResources;
  readonly to: LinuxResources;
}

export interface Updated {
  /**
   * Controllers of v1 in whose hierarchies it had no cgroup before. Whoever removes those that it began with doesn't know of them;
   * and memory that it had already is not counted in a new one.
   */
  readonly moved: readonly string[];
}

/** What takes a step back. */
type Undo = () => void;

/**
 * @throws GockerError `LIMIT_INVALID`, `LIMIT_UNSUPPORTED`, `CONTROLLER_MISSING`, `CGROUP_UNAVAILABLE`: nothing has changed then;
 *   `CONTAINER_TOO_BUSY`: its newest processes may be without the limits
 */
export function updateCgroup({ name, from, to }: CgroupUpdate): Updated {
  const hierarchies = cgroupHierarchies();
  const { unified, v1 } = changedLimits(hierarchies, from, to);
  const home = placesOf(name).find(({ path }) => existsSync(path))?.path;
  if (home === undefined) throw homeless(name);
  const undo: Undo[] = [];
  const fresh: { readonly controller: string; readonly path: string }[] = [];
  try {
    setUnified(hierarchies, { name, limits: unified }, undo);
    for (const controller of new Set(v1.map((limit) => nameInV1(limit.controller)))) {
      const limits = v1.filter((limit) => nameInV1(limit.controller) === controller);
      const made = setV1(hierarchies, { name, controller, limits }, undo);
      if (made !== undefined) fresh.push({ controller, path: made });
    }
  } catch (error) {
    for (const step of undo.toReversed()) step();
    throw error;
  }
  for (const { path } of fresh) moveAll(home, path);
  return { moved: fresh.map(({ controller }) => controller) };
}

function changedLimits(hierarchies: Hierarchies, from: LinuxResources, to: LinuxResources): PlannedLimits {
  const controllers = { unified: unifiedControllers(hierarchies), v1: new Set(hierarchies.v1.keys()) };
  const [before, after] = [planLimits(from, controllers), planLimits(to, controllers)];
  const isNew = (limit: Limit, known: readonly Limit[]) =>
    !known.some(({ file, value }) => file === limit.file && value === limit.value);
  return {
    unified: after.unified.filter((limit) => isNew(limit, before.unified)),
    v1: after.v1.filter((limit) => isNew(limit, before.v1)),
  };
}

interface Part {
  readonly name: string;
  readonly limits: readonly Limit[];
}

interface PartOfV1 extends Part {
  readonly controller: string;
}

function setUnified({ unified: mountpoint }: Hierarchies, { name, limits }: Part, undo: Undo[]): void {
  if (mountpoint === undefined || limits.length === 0) return;
  const components = componentsOf(name);
  const controllers = [...new Set(limits.map(({ controller }) => controller))];
  for (const depth of components.keys())
    enableControllers(join(mountpoint, ...components.slice(0, depth)), controllers);
  const path = join(mountpoint, ...components);
  for (const limit of limits) checkRoom(limit, path);
  replaceAll(limits, { path, version: 2 }, undo);
}

/** @returns the cgroup, where it is new and wants the container's processes */
function setV1({ v1 }: Hierarchies, { name, controller, limits }: PartOfV1, undo: Undo[]): string | undefined {
  const mountpoint = v1.get(controller) ?? '';
  const existing = join(mountpoint, ...componentsOf(name));
  const isNew = !existsSync(existing);
  if (isNew) {
    makeCgroup(mountpoint, name, (directories) => {
      if (controller === 'cpuset') inheritCpuset(mountpoint, directories);
      return 'done';
    });
    undo.push(() => removeEmpty(existing, mountpoint));
  }
  replaceAll(limits, { path: existing, version: 1 }, undo);
  return isNew ? existing : undefined;
}

interface Target {
  readonly path: string;
  readonly version: CgroupVersion;
}

/**
 * What is refused is tried once more after the others: of memory and of memory with swap, the one that is raised must wait for
 * the other.
 */
function replaceAll(limits: readonly Limit[], target: Target, undo: Undo[]): void {
  const refused = limits.filter((limit) => {
    try {
      replace(limit, target, undo);
      return false;
    } catch (error) {
      if (!(error instanceof GockerError)) throw error;
      return true;
    }
  });
  for (const limit of refused) replace(limit, target, undo);
}

function replace(limit: Limit, { path, version }: Target, undo: Undo[]): void {
  const file = [limit, ...(limit.otherwise === undefined ? [] : [limit.otherwise])]
    .map((candidate) => join(path, candidate.file))
    .find((candidate) => existsSync(candidate));
  const [before = ''] = file === undefined ? [] : readFileSync(file, 'latin1').split('\n');
  writeLimit(limit, path, version);
  if (file !== undefined) undo.push(() => writeFileSync(file, `${before}\n`, { flag: 'r+' }));
}

/** More than any container needs whose processes don't run away from it. */
const PASSES = 1000;

/** A child is born where its parent is: once a look finds nobody outside, nobody will ever be. */
function moveAll(home: string, target: string): void {
  for (let pass = 0; pass < PASSES; pass++) {
    const inside = new Set(processesOf(target));
    const outside = processesOf(home).filter((pid) => !inside.has(pid));
    if (outside.length === 0) return;
    for (const pid of outside) move(pid, target);
  }
  throw new GockerError(
    'CONTAINER_TOO_BUSY',
    `cannot limit all that the container does: it makes processes faster than they can be moved to "${target}"`,
    { hint: 'Pause it first: "gocker pause", and update it again.' },
  );
}

function move(pid: number, target: string): void {
  try {
    writeFileSync(join(target, 'cgroup.procs'), `${pid}`, { flag: 'r+' });
  } catch (error) {
    // It has ended meanwhile.
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

function homeless(name: string): GockerError {
  return new GockerError(
    'CGROUP_UNAVAILABLE',
    `cannot limit a running container: it has no cgroup "${name}" (expected one, by which its processes are known)`,
    { hint: 'Stop it first: limits hold from its next start.' },
  );
}
