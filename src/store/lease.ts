/**
 * Leases: what a living process relies on though no name points at it yet. A lease is a file in `ingest/` whose flock(2)
 * its process holds; it dies with the process, without a word.
 *
 * Why garbage collection cannot race a writer: digests enter a lease under the shared lock of `ingest/`, and collecting
 * holds the exclusive one from reading the leases to the last unlink. So either the collector sees the digest, or the
 * writer, once add() has resolved, sees what is left and fetches what is gone.
 */

import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync, readdirSync, readFileSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, isDigest } from '../oci/index.ts';
import { tryLock } from '../syscall/index.ts';
import { withDirectoryLock } from './directory-lock.ts';
import { sweepDrafts } from './draft-blob.ts';
import type { Layout } from './layout.ts';
import { isStillAt } from './partial-blob.ts';
import { sweepFinishedPartials } from './partial-sweep.ts';

const PREFIX = 'lease-';

export class Lease implements AsyncDisposable {
  readonly #layout: Layout;
  readonly #path: string;
  #fd: number | undefined;

  private constructor(layout: Layout, path: string, fd: number) {
    this.#layout = layout;
    this.#path = path;
    this.#fd = fd;
  }

  static async take(layout: Layout): Promise<Lease> {
    await layout.prepare();
    // Exclusive, since between open(2) and flock(2) a lease looks dead.
    return await withDirectoryLock(layout.ingest, 'exclusive', () => {
      liveLeases(layout);
      sweepDrafts(layout);
      const path = join(layout.ingest, `${PREFIX}${process.pid}-${randomBytes(6).toString('hex')}`);
      const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_APPEND, 0o600);
      tryLock(fd, 'exclusive');
      return new Lease(layout, path, fd);
    });
  }

  /**
   * From now on these blobs, and what they point at (of a manifest: config and layers), are not collected. Look only
   * afterwards whether they are there. Idempotent; adding to a released lease is an error.
   */
  async add(...digests: readonly Digest[]): Promise<void> {
    await withDirectoryLock(this.#layout.ingest, 'shared', () => {
      if (this.#fd === undefined) throw new Error('this lease was released');
      writeSync(this.#fd, digests.map((digest) => `${digest}\n`).join(''));
    });
  }

  /** To be called last: once the name points at what was leased, or all is given up. Idempotent. */
  async release(): Promise<void> {
    if (this.#fd === undefined) return;
    const fd = this.#fd;
    this.#fd = undefined;
    rmSync(this.#path, { force: true });
    closeSync(fd);
    await sweepFinishedPartials(this.#layout);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }
}

/** The digests that living processes lease. Dead leases are removed; the caller holds the exclusive lock of `ingest/`. */
export function liveLeases(layout: Layout): Digest[] {
  const names = readdirSync(layout.ingest).filter((name) => name.startsWith(PREFIX));
  return names.flatMap((name) => {
    const path = join(layout.ingest, name);
    let fd: number;
    try {
      fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    } catch (error) {
      // Released just now: its name, if it got one, is in the index already.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    try {
      if (!tryLock(fd, 'shared')) return readFileSync(fd, 'latin1').split('\n').filter(isDigest);
      // Nobody holds it: dead, unless it was released since our open(2), and is gone.
      if (isStillAt(fd, path)) unlinkSync(path);
      return [];
    } finally {
      closeSync(fd);
    }
  });
}
