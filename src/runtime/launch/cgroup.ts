/**
 * The container's own cgroup, cgroup-v2.rst: made before the clone, which is born in it (CLONE_INTO_CGROUP: no process is
 * ever moved, which would wait for all CPUs), and removed once the container has ended. Limits are not its business yet.
 */
import { closeSync, constants, mkdirSync, openSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { GockerError } from '../../errors/index.ts';
import { cgroup2Mountpoint } from './cgroup-mount.ts';

/** Errors that say gocker may not have cgroups here: a container can do without. */
const unavailable = new Set(['EROFS', 'EACCES', 'EPERM', 'ENOSYS', 'ENOSPC']);

export class Cgroup {
  readonly path: string;
  /** For the clone; close-on-exec. */
  readonly fd: number;
  #isOpen = true;

  private constructor(path: string) {
    this.path = path;
    this.fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  }

  /**
   * @param name relative to where cgroup v2 is mounted: `gocker/<id>`
   * @returns why there is none, where this machine gives none
   * @throws GockerError `CGROUP_INVALID`
   */
  static create(name: string): Cgroup | { readonly reason: string } {
    const mountpoint = cgroup2Mountpoint();
    if (mountpoint === undefined) return { reason: 'cgroup v2 is mounted nowhere' };
    const path = join(mountpoint, checkName(name));
    for (let attempt = 0; ; attempt++) {
      try {
        mkdirSync(path, { recursive: true });
        return new Cgroup(path);
      } catch (error) {
        const code = codeOf(error);
        // Between two of its steps another gocker removed the parent, which was empty.
        if (code === 'ENOENT' && attempt < 10) continue;
        if (!unavailable.has(code)) throw error;
        return { reason: `mkdir("${path}") = ${code}` };
      }
    }
  }

  /** Once the clone has it, or has failed. */
  close(): void {
    if (this.#isOpen) closeSync(this.fd);
    this.#isOpen = false;
  }

  /** As removeCgroup(). Idempotent. */
  async remove(): Promise<void> {
    this.close();
    await removeDirectory(this.path);
  }
}

/**
 * For a container whose gocker died: kills what is left in its cgroup and removes it, with those below it and the parent if
 * that is empty now. Nothing happens where there is none.
 *
 * @param name as in the spec: `gocker/<id>`
 * @throws Error EBUSY where something in it doesn't die within two seconds
 */
export async function removeCgroup(name: string): Promise<void> {
  const mountpoint = cgroup2Mountpoint();
  if (mountpoint !== undefined) await removeDirectory(join(mountpoint, checkName(name)));
}

async function removeDirectory(path: string): Promise<void> {
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
  removeIfEmpty(dirname(path));
}

function checkName(name: string): string {
  const components = name.split('/').filter((component) => component !== '');
  if (components.length > 0 && !components.includes('..')) return name;
  throw new GockerError(
    'CGROUP_INVALID',
    `cannot use cgroup "${name}": it is none below the root (expected gocker/<id>)`,
  );
}

function killAll(path: string): void {
  try {
    writeFileSync(join(path, 'cgroup.kill'), '1');
  } catch (error) {
    // Linux < 5.14 has no such file; the container's own init takes its processes along.
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

function removeTree(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    if (codeOf(error) !== 'EBUSY') throw error;
    const below = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    if (below.length === 0) throw error;
    for (const { name } of below) removeTree(join(path, name));
    rmdirSync(path);
  }
}

function removeIfEmpty(path: string): void {
  if (path === cgroup2Mountpoint()) return;
  try {
    rmdirSync(path);
  } catch (error) {
    if (!['EBUSY', 'ENOENT', 'EACCES', 'EPERM'].includes(codeOf(error))) throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
