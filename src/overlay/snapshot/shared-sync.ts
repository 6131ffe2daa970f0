/**
 * Many layers become whole at about the same time, and syncfs(2) writes out all of them at once: whoever asks while one is
 * under way, which may have passed by what they wrote, shares the next.
 */
import { syncFilesystem } from '../../syscall/index.ts';

interface Syncs {
  running: Promise<void>;
  next: Promise<void> | undefined;
}

const filesystems = new Map<string, Syncs>();

/**
 * Resolves when all that was written below a directory before the call is on the disk.
 *
 * @throws SyscallError
 */
export function syncShared(directory: string): Promise<void> {
  const syncs = filesystems.get(directory);
  if (syncs === undefined) return start(directory);
  syncs.next ??= syncs.running.catch(() => {}).then(() => start(directory));
  return syncs.next;
}

function start(directory: string): Promise<void> {
  const syncs: Syncs = { running: syncFilesystem(directory), next: undefined };
  filesystems.set(directory, syncs);
  const forget = () => {
    if (syncs.next === undefined) filesystems.delete(directory);
  };
  syncs.running.then(forget, forget);
  return syncs.running;
}
