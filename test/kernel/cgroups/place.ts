/** Where a container's limits are on this machine, and what is left of them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LinuxResources, Spec } from '../../../src/oci/index.ts';
import { unifiedControllers } from '../../../src/runtime/cgroups/hierarchies.ts';
import type { Controller } from '../../../src/runtime/cgroups/limit.ts';
import { nameInV1 } from '../../../src/runtime/cgroups/limits.ts';
import { type ContainerProcess, cgroupHierarchies, launch } from '../../../src/runtime/index.ts';
import { overlay, rootTest, specOf } from '../runtime/alpine.ts';

export interface Place {
  readonly version: 1 | 2;
  readonly mountpoint: string;
}

/** Undefined where this machine has no such controller. */
export function placeOf(controller: Controller): Place | undefined {
  const hierarchies = cgroupHierarchies();
  if (unifiedControllers(hierarchies).has(controller)) return { version: 2, mountpoint: hierarchies.unified ?? '' };
  const mountpoint = hierarchies.v1.get(nameInV1(controller));
  return mountpoint === undefined ? undefined : { version: 1, mountpoint };
}

/** For tests that are skipped where this machine lacks one of these, or root. */
export function needing(...controllers: Controller[]): typeof rootTest {
  return controllers.every((controller) => placeOf(controller) !== undefined) ? rootTest : rootTest.skip;
}

/** A file of the container's cgroup. */
export function fileOf(
  spec: Spec,
  controller: Controller,
  names: { readonly v1: string; readonly v2: string },
): string {
  const { version, mountpoint } = placeOf(controller) ?? { version: 2, mountpoint: '/nowhere' };
  const name = version === 2 ? names.v2 : names.v1;
  return readFileSync(join(mountpoint, spec.linux.cgroupsPath ?? '', name), 'latin1').trim();
}

/** Directories of this cgroup in any hierarchy. */
export function directoriesOf(name: string): string[] {
  const { unified, v1 } = cgroupHierarchies();
  const mountpoints = new Set([...(unified === undefined ? [] : [unified]), ...v1.values()]);
  return [...mountpoints].map((mountpoint) => join(mountpoint, name)).filter((path) => existsSync(path));
}

export function specWith(resources: LinuxResources, args: readonly string[], cgroupsPath?: string): Spec {
  return specOf(args, { linux: { resources, ...(cgroupsPath === undefined ? {} : { cgroupsPath }) } });
}

/** A container that runs until it is ended, for the time of `look`. */
export async function during<T>(spec: Spec, look: (container: ContainerProcess) => Promise<T> | T): Promise<T> {
  const container = await launch({ spec, rootfs: overlay(), stdin: 'null' });
  try {
    return await look(container);
  } finally {
    container.kill('KILL');
    await container.exited();
  }
}
