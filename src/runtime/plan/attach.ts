/**
 * Attaching a detached mount inside the container. Its target is walked from the container's own `/`, one component at a
 * time, and what the walk arrived at is a descriptor: nothing can be swapped between the look and the mount.
 */
import { posix } from 'node:path';
import { AT_FDCWD, fileMode, flags, type KernelCall, MOVE_MOUNT, mode, resultOf } from '../../syscall/index.ts';
import { openHow, sizeOf } from './structures.ts';

/**
 * - `no-symlinks`: /proc, /sys, /dev and below. A link there is the image's trick to have them mounted elsewhere
 *   (CVE-2019-19921), so it is an error.
 * - `no-magic-links`: elsewhere. Links are followed as docker follows them; those of /proc, which lead to any file that some
 *   process has open, are not.
 */
export type Walk = 'no-symlinks' | 'no-magic-links';

export interface Target {
  /** Absolute, in the container. */
  readonly path: string;
  readonly kind: 'file' | 'directory';
  readonly walk: Walk;
}

const resolve = { 'no-symlinks': 'RESOLVE_NO_SYMLINKS', 'no-magic-links': 'RESOLVE_NO_MAGICLINKS' } as const;

/** @param mount the result that is the mount's descriptor */
export function attach(mount: string, target: Target): KernelCall[] {
  const at = `${target.path} target`;
  return [...makeTarget(target, at), moveMount(mount, at, `attaches ${target.path}`)];
}

/** Makes what is missing of a path, and opens it (O_PATH) as `result`. */
export function makeTarget(target: Target, result: string): KernelCall[] {
  const { kind, walk } = target;
  const components = normalPath(target.path).split('/').slice(1).filter(Boolean);
  const calls: KernelCall[] = [];
  let parent = AT_FDCWD;
  for (const [index, component] of components.entries()) {
    const path = `/${components.slice(0, index + 1).join('/')}`;
    const last = index === components.length - 1;
    const directory = !last || kind === 'directory';
    const name = parent === AT_FDCWD ? path : component;
    const opened = last ? result : `${path} of ${result}`;
    calls.push(
      directory
        ? {
            call: 'mkdirat',
            args: [parent, name, mode(0o755)],
            allow: ['EEXIST'],
            why: `${path} may be missing in the image`,
          }
        : {
            call: 'mknodat',
            args: [parent, name, fileMode('S_IFREG', 0o644), 0],
            allow: ['EEXIST'],
            why: `${path} may be missing in the image; an empty file is mounted on as well as any`,
          },
      openPath(path, { walk, directory, result: opened }),
    );
    parent = resultOf(opened);
  }
  return calls;
}

/** As docker cleans a path: by its text alone, without `.`, `..`, doubled and trailing slashes. */
export function normalPath(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

export function moveMount(mount: string, target: string, why: string, allow?: readonly string[]): KernelCall {
  return {
    call: 'move_mount',
    args: [
      resultOf(mount),
      '',
      resultOf(target),
      '',
      flags(MOVE_MOUNT, 'MOVE_MOUNT_F_EMPTY_PATH', 'MOVE_MOUNT_T_EMPTY_PATH'),
    ],
    ...(allow === undefined ? {} : { allow }),
    why,
  };
}

export interface OpenPathOptions {
  readonly walk: Walk;
  readonly directory: boolean;
  readonly result: string;
  readonly allow?: readonly string[];
}

/** Opens a path of the container for nothing but to name it. */
export function openPath(path: string, options: OpenPathOptions): KernelCall {
  const how = openHow(options.directory ? ['O_PATH', 'O_DIRECTORY', 'O_CLOEXEC'] : ['O_PATH', 'O_CLOEXEC'], [
    resolve[options.walk],
  ]);
  return {
    call: 'openat2',
    args: [AT_FDCWD, path, how, sizeOf.openHow],
    result: options.result,
    ...(options.allow === undefined ? {} : { allow: options.allow }),
    why:
      options.walk === 'no-symlinks'
        ? `${path} as a descriptor; a symlink on the way is an attack`
        : `${path} as a descriptor; the links of /proc are not followed`,
  };
}
