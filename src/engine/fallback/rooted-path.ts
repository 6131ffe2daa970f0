/**
 * Paths below a root directory, resolved as a process with that root would see them: path_resolution(7). With `/` for a root
 * it is this machine; with another it is a rootfs that lies somewhere, whose absolute symlinks stay inside.
 */
import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';

export interface ResolvedPath {
  /** Absolute, within the root, free of symlinks. */
  readonly path: string;
  /** The same file as this process names it. */
  readonly hostPath: string;
  readonly stat: Stats;
  /** The symlinks that led there: path within the root → target as it is written. */
  readonly symlinks: ReadonlyMap<string, string>;
}

/** The kernel's own limit (MAXSYMLINKS): path_resolution(7). */
const MOST_SYMLINKS = 40;

/** @returns undefined where nothing is there, or it can't be reached */
export function resolvePath(root: string, path: string): ResolvedPath | undefined {
  const symlinks = new Map<string, string>();
  let real = '/';
  let followed = 0;
  let stat = look(root, real);
  const rest = components(path);
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (!stat?.isDirectory()) return undefined;
    const next = name === '..' ? dirname(real) : join(real, name);
    stat = look(root, next);
    if (!stat?.isSymbolicLink()) {
      real = next;
      continue;
    }
    if (++followed > MOST_SYMLINKS) return undefined;
    const target = readlinkSync(join(root, next));
    symlinks.set(next, target);
    rest.unshift(...components(target));
    if (target.startsWith('/')) real = '/';
    stat = look(root, real);
  }
  return stat === undefined ? undefined : { path: real, hostPath: join(root, real), stat, symlinks };
}

function components(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

function look(root: string, path: string): Stats | undefined {
  try {
    return lstatSync(join(root, path), { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
