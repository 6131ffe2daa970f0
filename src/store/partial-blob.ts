/**
 * A blob on its way in: the file in `ingest/` that holds its first bytes, owned through flock(2) by whoever fetches the rest.
 * On success this very file becomes the blob, by rename, so that nothing temporary can be left of an ingest that ended.
 */
import { constants, fstatSync, statSync } from 'node:fs';
import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Digest } from '../oci/index.ts';
import { tryLock } from '../syscall/index.ts';
import { Appender } from './appender.ts';
import { readChunks } from './blob-stream.ts';
import { syncDirectory } from './durable.ts';
import type { Layout } from './layout.ts';

export class PartialBlob {
  readonly #handle: FileHandle;
  readonly #path: string;
  readonly #destination: string;
  #appender: Appender;
  /** Bytes that are there already. */
  #length: number;
  /** The file is not at its place any more: renamed or unlinked. */
  #gone = false;

  private constructor(handle: FileHandle, path: string, destination: string) {
    this.#handle = handle;
    this.#path = path;
    this.#destination = destination;
    this.#length = fstatSync(handle.fd).size;
    this.#appender = new Appender(handle, this.#length);
  }

  /** Makes the file or finds it, and takes its lock; undefined where somebody else has it. Never waits for the lock. */
  static async claim(layout: Layout, digest: Digest): Promise<PartialBlob | undefined> {
    const path = layout.partial(digest);
    const handle = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o644);
    try {
      if (tryLock(handle.fd, 'exclusive') && isStillAt(handle.fd, path)) {
        return new PartialBlob(handle, path, layout.blob(digest));
      }
    } catch (error) {
      await handle.close();
      throw error;
    }
    await handle.close();
    return undefined;
  }

  get length(): number {
    return this.#length;
  }

  /** What was there when it was claimed. */
  read(): AsyncIterable<Uint8Array> {
    return readChunks(this.#handle, this.#length);
  }

  /** See `Appender.append()`: the chunk is taken as it is, and there may be something to wait for. */
  append(chunk: Uint8Array): Promise<void> | undefined {
    return this.#appender.append(chunk);
  }

  async truncate(): Promise<void> {
    await this.#handle.truncate(0);
    this.#length = 0;
    this.#appender = new Appender(this.#handle, 0);
  }

  /** The bytes are the blob: durable, then visible, then durably so. */
  async commit(): Promise<void> {
    await this.#appender.flush();
    await this.#handle.sync();
    await rename(this.#path, this.#destination);
    this.#gone = true;
    await syncDirectory(dirname(this.#destination));
  }

  /** The bytes are of no use to anybody. */
  async drop(): Promise<void> {
    if (this.#gone) return;
    await unlink(this.#path);
    this.#gone = true;
  }

  /** Gives the lock back. What was appended stays for the next one; an empty file does not. */
  async close(): Promise<void> {
    // A write that failed has been reported by append() or flush(); what came before it is a sound beginning.
    await this.#appender.flush().catch(() => undefined);
    if (!this.#gone && fstatSync(this.#handle.fd).size === 0) await unlink(this.#path);
    await this.#handle.close();
  }
}

/** Between open(2) and flock(2) the file may have been renamed or unlinked: then the lock is on something else. */
export function isStillAt(fd: number, path: string): boolean {
  const there = statSync(path, { bigint: true, throwIfNoEntry: false });
  const here = fstatSync(fd, { bigint: true });
  return there !== undefined && there.ino === here.ino && there.dev === here.dev;
}
