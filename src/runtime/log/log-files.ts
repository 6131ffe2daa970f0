/** The files of a log that is rotated: `log` is written, `log.1` came before it, and so on. A file is known by its inode. */
import { closeSync, fstatSync, openSync, statSync } from 'node:fs';

export interface LogFile {
  readonly path: string;
  /** The reader's to close. */
  readonly fd: number;
  readonly inode: number;
}

/** Oldest first. None where nothing was written yet. They are all of one moment: none is missing or there twice. */
export function openLogFiles(path: string): LogFile[] {
  for (;;) {
    const files = openFrom(path);
    const newest = files.at(-1);
    const isTwice = new Set(files.map(({ inode }) => inode)).size < files.length;
    const isPast = newest?.path === path && inodeOf(path) !== newest.inode;
    if (!isTwice && !isPast) return files;
    // It was rotated meanwhile.
    closeFiles(files);
  }
}

export function closeFiles(files: readonly LogFile[]): void {
  for (const { fd } of files) closeSync(fd);
}

/**
 * The file that was begun when this one was full.
 *
 * @returns undefined while this one is the newest, or the next is not there yet
 */
export function openNextFile(path: string, { inode }: LogFile): LogFile | undefined {
  for (;;) {
    const number = numberOf(path, inode);
    if (number === 0) return undefined;
    // Its own name is gone where it was the oldest: whatever is the oldest now comes next.
    const next = number === undefined ? openFrom(path) : [openFile(nameOf(path, number - 1))];
    const [first, ...others] = next;
    closeFiles(others.filter((file) => file !== undefined));
    if (first === undefined) return undefined;
    if (number === undefined || inodeOf(nameOf(path, number)) === inode) return first;
    closeSync(first.fd);
  }
}

/** A rotation goes from the oldest to the newest and leaves one hole at a time. */
function openFrom(path: string): LogFile[] {
  const files: LogFile[] = [];
  for (let number = 0, holes = 0; holes < 2; number++) {
    const file = openFile(nameOf(path, number));
    if (file !== undefined) files.push(file);
    holes = file === undefined ? holes + 1 : 0;
  }
  return files.reverse();
}

function openFile(path: string): LogFile | undefined {
  try {
    const fd = openSync(path, 'r');
    return { path, fd, inode: fstatSync(fd).ino };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function numberOf(path: string, inode: number): number | undefined {
  for (let number = 0, holes = 0; holes < 2; number++) {
    const found = inodeOf(nameOf(path, number));
    if (found === inode) return number;
    holes = found === undefined ? holes + 1 : 0;
  }
  return undefined;
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

function nameOf(path: string, number: number): string {
  return number === 0 ? path : `${path}.${number}`;
}
