/** The directory that everything of a run lives in, and the promise that nothing of it stays. */
import { mkdtempSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @typedef {() => void | Promise<void>} Cleaner */

export class Scratch {
  path = mkdtempSync(join(tmpdir(), 'gocker-bench-'));
  /** @type {Cleaner[]} */
  #cleaners = [];

  /** Called when the run ends, however it ends, the last one first. @param {Cleaner} cleaner */
  onEnd(cleaner) {
    this.#cleaners.push(cleaner);
  }

  async end() {
    for (let cleaner = this.#cleaners.pop(); cleaner !== undefined; cleaner = this.#cleaners.pop()) await cleaner();
    rmSync(this.path, { recursive: true, force: true });
  }
}

/**
 * Cgroups below a name that a peer makes in every hierarchy and leaves there; those that were there before stay.
 *
 * @param {string} name
 * @returns {Cleaner}
 */
export function cgroupCleaner(name) {
  const root = '/sys/fs/cgroup';
  const paths = () => [root, ...subdirectories(root)].map((path) => join(path, name));
  const before = new Set(paths().filter(exists));
  return () => {
    for (const path of paths().filter((path) => exists(path) && !before.has(path))) {
      for (const inner of subdirectories(path)) rmdirSync(inner);
      rmdirSync(path);
    }
  };
}

/** @param {string} path */
function subdirectories(path) {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => join(path, entry.name));
  } catch {
    return [];
  }
}

/** @param {string} path */
function exists(path) {
  try {
    readdirSync(path);
    return true;
  } catch {
    return false;
  }
}
