/**
 * One unpacker a layer, among all processes: flock(2) on a file that is there only while somebody unpacks, or died of it.
 * It is removed while it is held; so whoever gets a lock makes sure that its file is still the one that has the name.
 */
import { closeSync, fstatSync, openSync, rmSync, statSync } from 'node:fs';
import { tryLock } from '../../syscall/index.ts';
import { poll } from './poll.ts';

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
   * Waits for the lock.
   *
   * @throws the signal's reason
   */
  static take(path: string, signal?: AbortSignal): Promise<IngestLock> {
    return poll(() => IngestLock.try(path), signal);
  }

  /** Removes the file, so that none is left when all is well. */
  release(): void {
    rmSync(this.#path, { force: true });
    closeSync(this.#fd);
  }
}

function isNamed(fd: number, path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(fd).ino;
}
