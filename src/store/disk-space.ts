/** A full disk, told in the user's words: how much is needed, how much there is, and where. */
import { statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { GockerError } from '../errors/index.ts';

/**
 * Refuses before the first byte what cannot fit, rather than fill a disk that others live on.
 *
 * @param what the object for the error: `blob "sha256:…"`
 * @param path the folder that it goes to
 * @throws GockerError `DISK_FULL`
 */
export function requireSpace(what: string, bytes: number, path: string): void {
  const { free, total } = spaceAt(path);
  // Some filesystems (FUSE, /proc) know no sizes and say 0 of 0.
  if (total > 0 && bytes > free) throw diskFull(what, bytes, path);
}

/** Puts ENOSPC and EDQUOT in the user's words; any other error is given back as it is. */
export function explainFullDisk(error: unknown, what: string, bytes: number, path: string): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === 'ENOSPC' || code === 'EDQUOT' ? diskFull(what, bytes, path, error) : error;
}

function diskFull(what: string, bytes: number, path: string, cause?: unknown): GockerError {
  const { free } = spaceAt(path);
  const mount = mountPoint(path);
  return new GockerError(
    'DISK_FULL',
    `cannot write ${what}: the disk is full (needs ${bytes} bytes, has ${free} free on "${mount}")`,
    { cause, hint: `Free some space on "${mount}", or choose another disk with --root or GOCKER_ROOT.` },
  );
}

function spaceAt(path: string): { readonly free: number; readonly total: number } {
  const { bavail, bfree, blocks, bsize } = statfsSync(path);
  // The blocks that are kept back for root are there for root.
  return { free: (process.getuid?.() === 0 ? bfree : bavail) * bsize, total: blocks * bsize };
}

/** The topmost folder of the same filesystem. */
function mountPoint(path: string): string {
  const device = statSync(path).dev;
  let mount = path;
  while (mount !== '/' && statSync(dirname(mount)).dev === device) mount = dirname(mount);
  return mount;
}
