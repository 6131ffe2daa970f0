/** What a tree takes up, as docker counts: bytes of all that is no directory, a file with several names once. */
import { lstatSync, readdirSync } from 'node:fs';

/** A longer path can't be looked at. */
const LONGEST_PATH = 3840;

/** 0 where there is none. What is removed meanwhile doesn't count. */
export function treeBytes(path: string): number {
  return bytesOf(Buffer.from(path), new Set());
}

function bytesOf(path: Buffer, seen: Set<number>): number {
  if (path.length > LONGEST_PATH) return 0;
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined || seen.has(stats.ino)) return 0;
  if (!stats.isDirectory()) {
    if (stats.nlink > 1) seen.add(stats.ino);
    return stats.size;
  }
  return namesIn(path).reduce((sum, name) => sum + bytesOf(Buffer.concat([path, Buffer.from('/'), name]), seen), 0);
}

function namesIn(path: Buffer): Buffer[] {
  try {
    return readdirSync(path, 'buffer');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
