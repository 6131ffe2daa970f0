/** Where the programs are that are measured, and which Debian package a missing one is in. */
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

const repository = join(import.meta.dirname, '..');

/** GOCKER_BENCH_DIST measures another build than the one in dist/. */
const dist = process.env.GOCKER_BENCH_DIST ?? join(repository, 'dist');

export const gocker = [process.execPath, join(dist, 'cli.cjs')];
export const library = join(dist, 'index.js');

/** Package of each program whose name is not its package's. */
const packages = new Map([
  ['mkfs.ext4', 'e2fsprogs'],
  ['unshare', 'util-linux'],
  ['/usr/bin/time', 'time'],
]);

/**
 * @param {string[]} needed programs, by name or path
 * @returns {string | undefined} what to install; undefined where all are there
 */
export function missing(...needed) {
  const absent = needed.filter((name) => !isThere(name));
  if (absent.length === 0) return undefined;
  return `needs ${absent.map((name) => `${name} (apt-get install ${packages.get(name) ?? name})`).join(', ')}`;
}

/** @param {string} name */
function isThere(name) {
  const places = name.includes('/') ? [name] : (process.env.PATH ?? '').split(':').map((path) => join(path, name));
  return places.some((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** @returns {string | undefined} */
export function missingBuild() {
  try {
    accessSync(library);
    accessSync(/** @type {string} */ (gocker[1]));
    return undefined;
  } catch {
    return `there is no build in "${dist}": run "npm run build"`;
  }
}
