/**
 * The container's own cgroup: one of v2, in which it is born (CLONE_INTO_CGROUP: a process that is moved waits for all CPUs),
 * and one in each v1 hierarchy that a limit needs, into which it is moved while it waits at its gate. Made before the clone,
 * removed once the container has ended.
 */
import { closeSync, constants, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import type { DeviceRule, LinuxResources } from '../../oci/index.ts';
import { inheritCpuset } from './cpuset.ts';
import { writeDeviceRules } from './device-controller.ts';
import { codeOf, makeCgroup, ownParents, removeDirectory, removeEmpty } from './directories.ts';
import { killCgroup } from './freeze.ts';
import { cgroupHierarchies, type Hierarchies, unifiedControllers } from './hierarchies.ts';
import type { Limit } from './limit.ts';
import { nameInV1, type PlannedLimits, planLimits } from './limits.ts';
import { findOomFile, oomFile, oomFilesOf, oomKills } from './oom.ts';
import { type CgroupPlace, placesOf } from './places.ts';
import { writeLimit } from './write-limit.ts';

/** Errors that say gocker may not have cgroups here: a container without limits can do without. */
const unavailable = new Set(['EROFS', 'EACCES', 'EPERM', 'ENOSYS', 'ENOSPC']);

export interface CgroupRequest {
  /** Relative to where cgroups are mounted: `gocker/<id>`. */
  readonly name: string;
  readonly resources?: LinuxResources | undefined;
  /** For the devices controller of v1, where it is to have one. */
  readonly devices?: readonly DeviceRule[] | undefined;
}

export interface CgroupRemains {
  readonly directories: readonly string[];
  /** What later limits may add, and those above that gocker made: to be removed then, where they are there and empty. */
  readonly perhaps: readonly string[];
  /** The file that kills all that is in it (Linux 5.14). */
  readonly kill: string | undefined;
  /** Where kills for want of memory are counted, if its memory is limited, now or later. */
  readonly oom: readonly string[];
}

export class Cgroup {
  /** In the order in which they were made; that of v2 is the first, where there is one. */
  readonly #directories: CgroupPlace[] = [];
  #fd: number | undefined;
  #oomFile: string | undefined;
  #controlsDevices = false;
  readonly #name: string;

  private constructor(name: string) {
    this.#name = name;
  }

  /**
   * @returns why there is none, where this machine gives none and nothing is to be limited
   * @throws GockerError `CGROUP_INVALID`, `CONTROLLER_MISSING`, `LIMIT_INVALID`, `LIMIT_UNSUPPORTED`, `CGROUP_UNAVAILABLE`;
   *   nothing is left then
   */
  static create(request: CgroupRequest): Cgroup | { readonly reason: string } {
    const hierarchies = cgroupHierarchies();
    const limits = plan(hierarchies, request.resources);
    const cgroup = new Cgroup(request.name);
    try {
      cgroup.#makeUnified(hierarchies, request.name, limits.unified);
      cgroup.#makeV1(hierarchies, request.name, limits.v1);
      cgroup.#makeFreezer(hierarchies, request.name);
      if (request.devices !== undefined) cgroup.#makeDevices(hierarchies, request.name, request.devices);
      if (cgroup.#directories.length === 0) return { reason: 'cgroup v2 is mounted nowhere' };
      return cgroup;
    } catch (error) {
      cgroup.#abandon();
      if (!unavailable.has(codeOf(error)) || !(error instanceof Error)) throw error;
      const isLimited = limits.unified.length + limits.v1.length > 0;
      if (!isLimited) return { reason: error.message };
      throw new GockerError(
        'CGROUP_UNAVAILABLE',
        `cannot limit what the container uses: its cgroup can't be made: ${error.message}`,
        {
          cause: error,
          hint: 'Run without limits, or let gocker have cgroups: within another container they must be writable.',
        },
      );
    }
  }

  /** That of v2, for the clone; close-on-exec. */
  get fd(): number | undefined {
    return this.#fd;
  }

  /** Whether the devices controller of v1 has the rules that it was given. */
  get controlsDevices(): boolean {
    return this.#controlsDevices;
  }

  /** Into those of v1. To be called while it has one thread and does nothing. */
  moveIn(pid: number): void {
    for (const { path, mountpoint } of this.#directories) {
      if (mountpoint !== cgroupHierarchies().unified)
        writeFileSync(join(path, 'cgroup.procs'), `${pid}`, { flag: 'r+' });
    }
  }

  /** How many of its processes ran out of the memory that they may use. Until it is removed. */
  oomKills(): number {
    // Its first limit may have come later.
    const file = this.#oomFile ?? findOomFile(this.#name);
    return file === undefined ? 0 : oomKills(file);
  }

  /** For a monitor that is to remove it: paths, the container's own before those above. */
  get remains(): CgroupRemains {
    const directories = this.#directories.toReversed().map(({ path }) => path);
    const places = placesOf(this.#name);
    const more = places.map(({ path }) => path).filter((path) => !directories.includes(path));
    const unified = this.#directories.find(({ mountpoint }) => mountpoint === cgroupHierarchies().unified);
    return {
      directories,
      perhaps: [...more, ...places.flatMap(({ path, mountpoint }) => ownParents(path, mountpoint))],
      kill: unified && join(unified.path, 'cgroup.kill'),
      oom: oomFilesOf(this.#name),
    };
  }

  /** Once the clone has it, or has failed. */
  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** As removeCgroup(). Idempotent. */
  async remove(): Promise<void> {
    this.close();
    for (const { path, mountpoint } of this.#directories.toReversed()) await removeDirectory(path, mountpoint);
    // Limits that came later have made more.
    for (const { path, mountpoint } of placesOf(this.#name)) {
      if (existsSync(path)) await removeDirectory(path, mountpoint);
    }
  }

  #makeUnified({ unified: mountpoint }: Hierarchies, name: string, limits: readonly Limit[]): void {
    if (mountpoint === undefined) return;
    const controllers = [...new Set(limits.map(({ controller }) => controller))];
    const path = makeCgroup(mountpoint, name, (directories) => {
      if (controllers.length === 0) return 'done';
      const leaf = directories.at(-1) ?? mountpoint;
      for (const parent of [mountpoint, ...directories.slice(0, -1)]) enableControllers(parent, controllers);
      // It keeps what its parent gave when it was made.
      const has = controllersIn(join(leaf, 'cgroup.controllers'));
      return controllers.every((controller) => has.has(controller)) ? 'done' : 'again';
    });
    this.#directories.push({ path, mountpoint });
    for (const limit of limits) writeLimit(limit, path, 2);
    if (controllers.includes('memory')) this.#oomFile = join(path, oomFile[2]);
    this.#fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  }

  #makeV1({ v1 }: Hierarchies, name: string, limits: readonly Limit[]): void {
    const controllers = new Set(limits.map(({ controller }) => nameInV1(controller)));
    for (const controller of controllers) {
      const mountpoint = v1.get(controller);
      if (mountpoint === undefined) continue;
      const path = makeCgroup(mountpoint, name, (directories) => {
        if (controller === 'cpuset') inheritCpuset(mountpoint, directories);
        return 'done';
      });
      this.#keep({ path, mountpoint });
      for (const limit of limits) if (nameInV1(limit.controller) === controller) writeLimit(limit, path, 1);
      if (controller === 'memory') this.#oomFile = join(path, oomFile[1]);
    }
  }

  /** Of v1, where there is no v2 to pause it by. A container can do without: it can't be paused then. */
  #makeFreezer({ unified, v1 }: Hierarchies, name: string): void {
    const mountpoint = v1.get('freezer');
    if (unified !== undefined || mountpoint === undefined) return;
    try {
      this.#keep({ path: makeCgroup(mountpoint, name), mountpoint });
    } catch (error) {
      if (!unavailable.has(codeOf(error))) throw error;
    }
  }

  /** A container can do without: it may then make no nodes. */
  #makeDevices({ v1 }: Hierarchies, name: string, rules: readonly DeviceRule[]): void {
    const mountpoint = v1.get('devices');
    if (mountpoint === undefined) return;
    try {
      const path = makeCgroup(mountpoint, name);
      this.#keep({ path, mountpoint });
      writeDeviceRules(path, rules);
      this.#controlsDevices = true;
    } catch (error) {
      if (!unavailable.has(codeOf(error))) throw error;
    }
  }

  /** Controllers that are mounted together share one. */
  #keep(directory: CgroupPlace): void {
    if (!this.#directories.some(({ path }) => path === directory.path)) this.#directories.push(directory);
  }

  #abandon(): void {
    this.close();
    for (const { path, mountpoint } of this.#directories.splice(0)) removeEmpty(path, mountpoint);
  }
}

/**
 * For a container whose gocker died: kills what is left in its cgroup and removes it, with those below it and the parents if
 * they are empty now; in each hierarchy. Nothing happens where there is none.
 *
 * @param name as in the spec: `gocker/<id>`
 * @throws Error EBUSY where something in it doesn't die within two seconds
 */
export async function removeCgroup(name: string): Promise<void> {
  // What is frozen in one of them could be removed from none.
  if (cgroupHierarchies().unified === undefined) killCgroup(name);
  for (const { path, mountpoint } of placesOf(name)) await removeDirectory(path, mountpoint);
}

/** A plain run asks for nothing, and nothing is read for it. */
function plan(hierarchies: Hierarchies, resources: LinuxResources | undefined): PlannedLimits {
  const { memory, cpu, pids, blockIO, unified } = resources ?? {};
  if ([memory, cpu, pids, blockIO, unified].every((part) => part === undefined)) return { unified: [], v1: [] };
  return planLimits(resources ?? {}, {
    unified: unifiedControllers(hierarchies),
    v1: new Set(hierarchies.v1.keys()),
  });
}

/**
 * Also where they are enabled already: another gocker's write may be under way, and then the names are told before the files are
 * there. A write waits for it.
 */
export function enableControllers(parent: string, controllers: readonly string[]): void {
  const file = join(parent, 'cgroup.subtree_control');
  try {
    writeFileSync(file, controllers.map((controller) => `+${controller}`).join(' '), { flag: 'r+' });
  } catch (cause) {
    const enabled = controllersIn(file);
    const missing = controllers.filter((controller) => !enabled.has(controller));
    if (missing.length === 0) return;
    if (codeOf(cause) !== 'EBUSY') throw cause;
    throw new GockerError(
      'CGROUP_UNAVAILABLE',
      `cannot limit what the container uses: cgroup "${parent}" has processes of its own (expected none: it is to give "${missing.join(' ')}" to those below it)`,
      { cause, hint: 'Move them into a cgroup below it, or name another parent by --cgroup-parent.' },
    );
  }
}

function controllersIn(file: string): ReadonlySet<string> {
  return new Set(readFileSync(file, 'latin1').trim().split(' '));
}
