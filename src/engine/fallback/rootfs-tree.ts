/**
 * A rootfs as a list of tar entries, gathered file by file from a machine: each file at its own path, with the symlinks that
 * lead to it and the directories above it. The same files give the same list: sorted, owned by root, dated at the epoch.
 */
import { createReadStream } from 'node:fs';
import { dirname } from 'node:path';
import type { PackEntry } from '../../overlay/index.ts';
import type { ResolvedPath } from './rooted-path.ts';

export class RootfsTree {
  readonly #entries = new Map<string, PackEntry>();
  /** Files by device and inode: programs that are hard links of one file stay so. */
  readonly #inodes = new Map<string, string>();

  directory(path: string, mode = 0o755): void {
    this.#put({ kind: 'directory', path, mode });
  }

  file(path: string, content: string): void {
    const bytes = Buffer.from(content);
    this.#put({ kind: 'file', path, mode: 0o644, size: bytes.length, content: () => [bytes] });
  }

  /** What is there already stays: our own files go before the machine's. */
  copy({ path, hostPath, stat, symlinks }: ResolvedPath): void {
    for (const [link, target] of symlinks) this.#put({ kind: 'symlink', path: link, target });
    if (this.#entries.has(path)) return;
    const inode = `${stat.dev}:${stat.ino}`;
    const first = stat.nlink > 1 ? this.#inodes.get(inode) : undefined;
    this.#inodes.set(inode, first ?? path);
    if (first !== undefined) this.#put({ kind: 'link', path, target: first });
    else
      this.#put({
        kind: 'file',
        path,
        mode: modeOf(stat.mode),
        size: stat.size,
        content: () => createReadStream(hostPath, { highWaterMark: 1 << 18 }),
      });
  }

  /** Parents come before what they hold, and files before hard links to them. */
  entries(): PackEntry[] {
    const byPath = (a: PackEntry, b: PackEntry) => (a.path < b.path ? -1 : 1);
    const all = [...this.#entries.values()].sort(byPath);
    return [...all.filter((entry) => entry.kind !== 'link'), ...all.filter((entry) => entry.kind === 'link')];
  }

  #put(entry: PackEntry): void {
    if (this.#entries.has(entry.path)) return;
    this.#entries.set(entry.path, entry);
    if (entry.path !== '/') this.#put({ kind: 'directory', path: dirname(entry.path), mode: 0o755 });
  }
}

/** No setuid: a program that lends root's rights on a machine was not asked to do so here. */
function modeOf(mode: number): number {
  return (mode & 0o111) !== 0 ? 0o755 : 0o644;
}
