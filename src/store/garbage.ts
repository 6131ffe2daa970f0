/** Garbage collection: blobs go that no name and no lease reaches. See `lease.ts` for why no writer can lose a blob to it. */
import { unlink } from 'node:fs/promises';
import type { Digest } from '../oci/index.ts';
import { blobFiles } from './blob-files.ts';
import { type Content, statBlob } from './blobs.ts';
import { type LockOptions, withDirectoryLock } from './directory-lock.ts';
import { sweepDrafts } from './draft-blob.ts';
import { readIndex } from './index-file.ts';
import type { Layout } from './layout.ts';
import { liveLeases } from './lease.ts';
import { type SweptPartial, sweepPartials } from './partial-sweep.ts';
import { type Pointer, reach } from './reachability.ts';

/** An interrupted pull can be taken up again for a day. */
const PARTIAL_LIFE_MS = 24 * 60 * 60 * 1000;

export interface GarbageOptions extends LockOptions {
  /** Further images to keep: those that containers were made of. */
  readonly keep?: Iterable<Digest> | undefined;
  /** Remove what interrupted pulls have fetched so far, however young. */
  readonly partials?: boolean | undefined;
  /**
   * Called before anything is removed, while nobody can begin or extend a lease, with all digests that are needed, those in
   * leases among them: here others can take away what hangs on blobs (unpacked layers) without a race. To be quick.
   */
  readonly whileLocked?: ((needed: ReadonlySet<Digest>) => void) | undefined;
}

export interface Garbage {
  readonly blobs: readonly Content[];
  readonly partials: readonly SweptPartial[];
  /** Manifests that named images need and that are corrupt or missing: nobody knows what they point at, so no blob was removed at all. */
  readonly unreadable: readonly Digest[];
}

/** Removes what nobody needs. Others wait meanwhile to begin or extend a lease, not to read. @throws GockerError `INDEX_INVALID` */
export async function collectGarbage(layout: Layout, options: GarbageOptions = {}): Promise<Garbage> {
  await layout.prepare();
  const act = async (): Promise<Garbage> => {
    // Leases before the index: one that is released meanwhile has set its name before.
    const leased = liveLeases(layout);
    sweepDrafts(layout);
    const named = readIndex(layout).map((image) => image.descriptor);
    const { reached, unreadable } = mark(layout, [
      ...named,
      ...[...(options.keep ?? []), ...leased].map((digest) => ({ digest })),
    ]);
    options.whileLocked?.(reached);
    const blobs = unreadable.length > 0 ? [] : storedBlobs(layout).filter((blob) => !reached.has(blob.digest));
    for (const { digest } of blobs) await unlink(layout.blob(digest));
    const oldest = Date.now() - PARTIAL_LIFE_MS;
    const partials = sweepPartials(
      layout,
      ({ digest, modified }) =>
        options.partials === true || modified.getTime() < oldest || statBlob(layout, digest) !== undefined,
    );
    return { blobs, partials, unreadable };
  };
  return await withDirectoryLock(layout.ingest, 'exclusive', act, { signal: options.signal });
}

function storedBlobs(layout: Layout): Content[] {
  return [...blobFiles(layout)].flatMap(({ digest }) => {
    const size = digest === undefined ? undefined : statBlob(layout, digest);
    return digest === undefined || size === undefined ? [] : [{ digest, size }];
  });
}

function mark(layout: Layout, roots: Iterable<Pointer>) {
  const reached = new Set<Digest>();
  const unreadable: Digest[] = [];
  for (const root of roots) {
    for (const { pointer, state, document, required } of reach(layout, root)) {
      reached.add(pointer.digest);
      if (document && (state === 'corrupt' || (state === 'absent' && required))) unreadable.push(pointer.digest);
    }
  }
  return { reached, unreadable };
}
