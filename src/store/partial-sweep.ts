/** What killed processes left in `ingest/`, and which of it is of no use to anybody any more. */
import { closeSync, constants, fstatSync, openSync, readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../oci/index.ts';
import { tryLock } from '../syscall/index.ts';
import { statBlob } from './blobs.ts';
import { digestOfPartial, type Layout } from './layout.ts';
import { isStillAt } from './partial-blob.ts';

export interface SweptPartial {
  readonly digest: Digest;
  /** Bytes that were kept of it. */
  readonly size: number;
}

/** Partials of blobs that are whole by now: a process was killed after it had made the file and before it looked again. */
export async function sweepFinishedPartials(layout: Layout): Promise<SweptPartial[]> {
  return sweepPartials(layout, ({ digest }) => statBlob(layout, digest) !== undefined);
}

/** Removes the partials that nobody is writing to and that `stale` says are to go. */
export function sweepPartials(
  layout: Layout,
  stale: (partial: SweptPartial & { readonly modified: Date }) => boolean,
): SweptPartial[] {
  return readdirSync(layout.ingest).flatMap((name) => {
    const digest = digestOfPartial(name);
    if (digest === undefined) return [];
    const path = join(layout.ingest, name);
    let fd: number;
    try {
      fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    try {
      const { size, mtime } = fstatSync(fd);
      if (!stale({ digest, size, modified: mtime }) || !tryLock(fd, 'exclusive') || !isStillAt(fd, path)) return [];
      unlinkSync(path);
      return [{ digest, size }];
    } finally {
      closeSync(fd);
    }
  });
}
