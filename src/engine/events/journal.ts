/**
 * The journal of events: `<root>/events/journal`, a JSON object a line, and `journal.1`, which it becomes at 4 MiB. Any number
 * of processes append: one write(2) with O_APPEND an event, which no other can tear.
 */
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { tryLock } from '../../syscall/index.ts';
import type { EngineEvent } from './event.ts';

const LARGEST = 4 * 1024 * 1024;

export function journalDirectory(root: string): string {
  return join(root, 'events');
}

/** Oldest first. */
export function journalPaths(root: string): readonly [former: string, present: string] {
  const path = join(journalDirectory(root), 'journal');
  return [`${path}.1`, path];
}

/** Not synced: a power cut may take the last ones. @param largest bytes; the journal is rotated when it has more */
export function appendEvent(root: string, event: EngineEvent, largest = LARGEST): void {
  const [former, present] = journalPaths(root);
  const fd = openAppending(present);
  try {
    writeSync(fd, `${JSON.stringify(event)}\n`);
    const written = fstatSync(fd);
    if (written.size > largest) rotate(fd, written, { former, present });
  } finally {
    closeSync(fd);
  }
}

/** Of both files, oldest first. */
export function readJournal(root: string): EngineEvent[] {
  return journalPaths(root).flatMap((path) => parseEvents(readIfThere(path)));
}

/** What a full disk or a power cut has torn is left out. */
export function parseEvents(text: string): EngineEvent[] {
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as EngineEvent];
    } catch {
      return [];
    }
  });
}

function openAppending(path: string): number {
  try {
    return openSync(path, 'a', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
    return openSync(path, 'a', 0o600);
  }
}

/** Under a lock on the file itself, and only where it still has the name: it is never done twice, which would drop a file. */
function rotate(fd: number, { dev, ino }: Stats, paths: { readonly former: string; readonly present: string }): void {
  if (!tryLock(fd, 'exclusive')) return;
  const named = statSync(paths.present, { throwIfNoEntry: false });
  if (named?.ino === ino && named.dev === dev) renameSync(paths.present, paths.former);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
