/**
 * Files that survive a power cut. A rename is atomic but not durable: the bytes need fsync(2) before it, or the name may
 * point at nothing afterwards, and the folder needs fsync(2) after it, or the name may be the old one.
 */
import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** fsync(2) of a folder: its entries, added and removed, are on the disk once this resolves. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the folder and those above it, durably; one that is there already keeps its mode. */
export async function makeDirectory(path: string, mode: number): Promise<void> {
  if (existsSync(path)) return;
  const parent = dirname(path);
  await makeDirectory(parent, 0o755);
  await mkdir(path, { mode }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await syncDirectory(parent);
}

/**
 * Puts the text in the file's place, at once and for good. The caller holds a lock that keeps other writers of the same
 * file out: the temporary's name is fixed, so that a killed writer's is overwritten by the next.
 *
 * @param temporaries a folder of the same filesystem
 */
export async function replaceFile(path: string, text: string, temporaries: string): Promise<void> {
  const temporary = join(temporaries, basename(path));
  try {
    const handle = await open(temporary, 'w', 0o644);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
}
