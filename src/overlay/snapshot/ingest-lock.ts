/**
 * One unpacker a layer, among all processes: flock(2) on a file that is there only while somebody unpacks, or died of it.
 * It is removed while it is held; so whoever gets a lock makes sure that its file is still the one that has the name.
 */
import { closeSync, fstatSync, openSync, rmSync, statSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { tryLock } from '../../syscall/index.ts';

const FIRST_WAIT = 5;
const LONGEST_WAIT = 200;

export class IngestLock {
  readonly #fd: number;
  readonly #path: string;

  private constructor(fd: number, path: string) {
    this.#fd = fd;
    this.#path = path;
  }

  /** @returns undefined where another holds it */
  static try(path: string): IngestLock | undefined {
    const fd = openSync(path, 'a', 0o600);
    if (tryLock(fd, 'exclusive') && isNamed(fd, path)) return new IngestLock(fd, path);
    closeSync(fd);
    return undefined;
  }

  /**
   * Waits for the lock; for no longer than until `given` says that it is needed no more.
   *
   * @returns undefined where it is needed no more
   * @throws the signal's reason
   */
  static async take(path: string, given: () => boolean, signal?: AbortSignal): Promise<IngestLock | undefined> {
    for (let wait = FIRST_WAIT; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
      signal?.throwIfAborted();
      if (given()) return undefined;
      const lock = IngestLock.try(path);
      if (lock !== undefined) return lock;
      await pause(wait, signal);
    }
  }

  /** Removes the file, so that none is left when all is well. */
  release(): void {
    rmSync(this.#path, { force: true });
    closeSync(this.#fd);
  }
}

/** @throws the signal's reason */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await setTimeout(milliseconds, undefined, { ref: true }).then(() => signal?.throwIfAborted());
}

function isNamed(fd: number, path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(fd).ino;
}
