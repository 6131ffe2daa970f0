/** Cgroups as directories: made with those above them, and removed with those above that gocker made and that are empty now. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { GockerError } from '../../errors/index.ts';
import { getXattr, setXattr } from '../../syscall/index.ts';

/** The parent that all share who name none; it goes and comes with its containers. */
const ownParent = 'gocker';

/** On other parents that gocker made, so that it never removes a user's. */
const mark = 'trusted.gocker';

/** @throws GockerError `CGROUP_INVALID` where it is none below the root */
export function componentsOf(name: string): string[] {
  const components = name.split('/').filter((component) => component !== '' && component !== '.');
  if (components.length > 0 && !components.includes('..') && !name.includes('\0')) return components;
  throw new GockerError(
    'CGROUP_INVALID',
    `cannot use cgroup ${JSON.stringify(name)}: it is none below the root (expected gocker/<id>)`,
  );
}

/**
 * Makes a cgroup. Others may remove a parent between two of our steps, as long as it is empty: then all begins anew.
 *
 * @param furnish called with all directories, the topmost first, while the last one keeps the others in place; what it meets
 *   may have been made anew just before
 * @returns its directory
 */
export function makeCgroup(
  mountpoint: string,
  name: string,
  furnish: (directories: readonly string[]) => 'done' | 'again' = () => 'done',
): string {
  const components = componentsOf(name);
  const directories = components.map((_, index) => join(mountpoint, ...components.slice(0, index + 1)));
  const path = directories.at(-1) ?? mountpoint;
  for (let attempt = 0; ; attempt++) {
    let isMade = false;
    try {
      if (attempt > 0) makeParents(directories.slice(0, -1), mountpoint);
      isMade = makeDirectory(path);
      if (furnish(directories) === 'done') return path;
      rmdirSync(path);
    } catch (error) {
      if (codeOf(error) === 'ENOENT' && attempt < 10) continue;
      if (isMade) removeEmpty(path, mountpoint);
      throw error;
    }
  }
}

function makeParents(directories: readonly string[], mountpoint: string): void {
  for (const directory of directories) {
    if (makeDirectory(directory) && !isOwnParent(directory, mountpoint)) setXattr(directory, mark, Buffer.from('1'));
  }
}

function makeDirectory(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return false;
  }
}

/**
 * Kills what is in it and removes it, with those below it and the empty ones above that gocker made. Nothing happens where
 * there is none.
 *
 * @throws Error EBUSY where something in it doesn't die within two seconds
 */
export async function removeDirectory(path: string, mountpoint: string): Promise<void> {
  for (let delay = 1; ; delay *= 2) {
    try {
      removeTree(path);
      break;
    } catch (error) {
      if (codeOf(error) !== 'EBUSY' || delay > 1024) throw error;
      killAll(path);
      await setTimeout(delay);
    }
  }
  removeParents(path, mountpoint);
}

/** The same for one in which there was never a process. */
export function removeEmpty(path: string, mountpoint: string): void {
  removeTree(path);
  removeParents(path, mountpoint);
}

function removeTree(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    if (codeOf(error) !== 'EBUSY') throw error;
    const below = subdirectories(path);
    if (below.length === 0) throw error;
    for (const directory of below) removeTree(directory);
    rmdirSync(path);
  }
}

/** The ones above that gocker made, the lowest first: to be removed after it, where they are empty. */
export function ownParents(path: string, mountpoint: string): string[] {
  const parents: string[] = [];
  for (let parent = dirname(path); parent.startsWith(`${mountpoint}/`); parent = dirname(parent)) {
    if (!isOwnParent(parent, mountpoint) && !(existsSync(parent) && getXattr(parent, mark) !== undefined)) break;
    parents.push(parent);
  }
  return parents;
}

function removeParents(path: string, mountpoint: string): void {
  for (let parent = dirname(path); parent.startsWith(`${mountpoint}/`); parent = dirname(parent)) {
    try {
      if (!isOwnParent(parent, mountpoint) && getXattr(parent, mark) === undefined) return;
      rmdirSync(parent);
    } catch (error) {
      // Somebody else's container is in it, or somebody else was faster.
      if (!['EBUSY', 'ENOENT', 'EACCES', 'EPERM'].includes(codeOf(error))) throw error;
      return;
    }
  }
}

function isOwnParent(directory: string, mountpoint: string): boolean {
  return directory === join(mountpoint, ownParent);
}

/** Linux 5.14 has a file for it. Before, and in v1, each process is signalled, again and again as long as there are some. */
export function killAll(path: string): void {
  try {
    writeFileSync(join(path, 'cgroup.kill'), '1', { flag: 'r+' });
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    killEach(path);
  }
}

function killEach(path: string): void {
  for (const directory of subdirectories(path)) killEach(directory);
  for (const line of readFileSync(join(path, 'cgroup.procs'), 'latin1').split('\n')) {
    const pid = Number(line);
    // 0 is a process that our pid namespace does not show, and to kill(2) all of our own.
    if (pid > 1) signalKill(pid);
  }
}

function signalKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

function subdirectories(path: string): string[] {
  const entries = readdirSync(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name));
}

/** `ENOENT`; empty where it has none. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return '';
}
