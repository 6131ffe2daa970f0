/**
 * Which container has which name: `names/<name>`, symbolic links to ids. symlink(2) with EEXIST is the judge, so that of any
 * number of processes one gets a name.
 */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { tryLock } from '../../syscall/index.ts';

export class NameLinks {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  idOf(name: string): string | undefined {
    if (name === '' || name.includes('/')) return undefined;
    try {
      return readlinkSync(join(this.#directory, name));
    } catch {
      return undefined;
    }
  }

  /** @returns false where another container has the name */
  claim(name: string, id: string): boolean {
    try {
      symlinkSync(id, join(this.#directory, name));
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') return false;
      if (code !== 'ENOENT') throw error;
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      return this.claim(name, id);
    }
  }

  release(name: string, id: string): void {
    if (this.idOf(name) === id) unlinkSync(join(this.#directory, name));
  }

  /**
   * Frees a name whose container is gone: left by a process that was killed between the two steps of a removal. Under a
   * lock, since between looking and unlinking another process may have freed and taken the name.
   *
   * @param exists tells whether an id still has a container
   * @returns true where the name was freed
   */
  releaseStale(name: string, exists: (id: string) => boolean): boolean {
    const fd = openSync(this.#directory, 'r');
    try {
      if (!tryLock(fd, 'exclusive')) return true;
      const id = this.idOf(name);
      if (id === undefined) return true;
      if (exists(id)) return false;
      unlinkSync(join(this.#directory, name));
      return true;
    } finally {
      closeSync(fd);
    }
  }

  /** For a container whose record is lost. */
  nameOf(id: string): string | undefined {
    if (!existsSync(this.#directory)) return undefined;
    return readdirSync(this.#directory).find((name) => this.idOf(name) === id);
  }
}
