/**
 * A blob of our own making, whose digest nobody knows before its last byte: a file in `ingest/` that is locked by whoever writes
 * it, and becomes the blob by rename. One without its writer is recognised by its free lock, and goes with the next lease.
 */
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, constants, openSync, readdirSync, unlinkSync } from 'node:fs';
import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Digest, parseDigest } from '../oci/index.ts';
import { tryLock } from '../syscall/index.ts';
import { Appender } from './appender.ts';
import { type Content, statBlob } from './blobs.ts';
import { withDirectoryLock } from './directory-lock.ts';
import { explainFullDisk } from './disk-space.ts';
import { syncDirectory } from './durable.ts';
import type { Layout } from './layout.ts';
import { isStillAt } from './partial-blob.ts';

const PREFIX = 'draft-';

/**
 * Keeps the bytes; durable once it resolves. Where they don't come to their end, nothing is left of them.
 *
 * @param bytes chunks that stay as they are
 * @param protect called with the digest before the blob is there: a lease's add()
 * @throws GockerError `DISK_FULL`; what the source throws
 */
export async function keepBytes(
  layout: Layout,
  bytes: AsyncIterable<Uint8Array>,
  protect: (digest: Digest) => Promise<void>,
): Promise<Content> {
  await layout.prepare();
  const path = join(layout.ingest, `${PREFIX}${process.pid}-${randomBytes(6).toString('hex')}`);
  const handle = await begin(layout, path);
  let size = 0;
  let kept = false;
  try {
    const hash = createHash('sha256');
    const appender = new Appender(handle, 0);
    for await (const chunk of bytes) {
      hash.update(chunk);
      size += chunk.length;
      const room = appender.append(chunk);
      if (room !== undefined) await room;
    }
    await appender.flush();
    await handle.sync();
    const digest = parseDigest(`sha256:${hash.digest('hex')}`);
    await protect(digest);
    if (statBlob(layout, digest) === undefined) {
      await rename(path, layout.blob(digest));
      kept = true;
    }
    await syncDirectory(dirname(layout.blob(digest)));
    return { digest, size };
  } catch (error) {
    throw explainFullDisk(error, 'a new blob', size, layout.ingest);
  } finally {
    if (!kept) await unlink(path);
    await handle.close();
  }
}

/** Shared with others that begin, against who sweeps: between open(2) and flock(2) it looks dead. */
function begin(layout: Layout, path: string): Promise<FileHandle> {
  return withDirectoryLock(layout.ingest, 'shared', async () => {
    const handle = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o644);
    tryLock(handle.fd, 'exclusive');
    return handle;
  });
}

/** Removes what writers left that died. The caller holds the exclusive lock of `ingest/`. */
export function sweepDrafts(layout: Layout): void {
  for (const name of readdirSync(layout.ingest)) {
    if (!name.startsWith(PREFIX)) continue;
    const path = join(layout.ingest, name);
    let fd: number;
    try {
      fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    } catch (error) {
      // It has become a blob just now.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      throw error;
    }
    try {
      if (tryLock(fd, 'exclusive') && isStillAt(fd, path)) unlinkSync(path);
    } finally {
      closeSync(fd);
    }
  }
}
