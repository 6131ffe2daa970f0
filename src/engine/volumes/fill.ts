/**
 * What a volume begins with: a copy of what the image has in its place. The tree of a volume is never replaced, since
 * containers may have it mounted; so the copy is made beside it and moved in when it is whole and on the disk:
 *
 *   volumes/<name>/fill.new/  being copied: of no use to anybody but whoever holds the lock
 *   volumes/<name>/fill/      whole; what is in its `tree/` moves to `_data/`, entry by entry. Whoever finds it goes on
 *
 * The outer folder looks like the directory that was copied, and goes on to do so while the inner one is emptied.
 *
 * The lock is flock(2) on `volumes/<name>/`.
 */
import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import { copyTree, likenDirectory, lookUpInLayers, removeTree } from '../../overlay/index.ts';
import { syncDirectory, withDirectoryLock } from '../../store/index.ts';
import { syncFilesystem } from '../../syscall/index.ts';

const TREE = 'tree';

export interface ImagePlace {
  /** Trees of the image's layers, top first. */
  readonly lowerdirs: readonly string[];
  readonly path: string;
}

/**
 * Copies, where the volume is empty, what the image has; without an image, only ends what another began.
 *
 * @param folder the volume's
 * @throws GockerError `VOLUME_OVER_FILE`; Error of the filesystem
 */
export async function fillVolume(folder: string, image: ImagePlace | undefined): Promise<void> {
  if (image === undefined && !existsSync(join(folder, 'fill'))) return;
  await withDirectoryLock(folder, 'exclusive', async () => {
    const [data, draft, whole] = [join(folder, '_data'), join(folder, 'fill.new'), join(folder, 'fill')];
    await removeTree(draft);
    if (existsSync(whole)) return await moveIn(whole, data);
    if (image === undefined || readdirSync(data).length > 0) return;
    const found = lookUpInLayers(image.lowerdirs, image.path);
    if (found === undefined) return;
    if (found.kind === 'file') {
      throw new GockerError(
        'VOLUME_OVER_FILE',
        `cannot mount volume over existing file: the image has a file at "${image.path}" (expected a directory)`,
      );
    }
    if (found.directory.entries().next().done === true) return likenDirectory(found.directory.location, data);
    try {
      mkdirSync(draft, { mode: 0o700 });
      await copyTree(found.directory, join(draft, TREE));
      likenDirectory(found.directory.location, draft);
      await syncFilesystem(folder);
    } catch (error) {
      await removeTree(draft);
      throw error;
    }
    renameSync(draft, whole);
    await syncDirectory(folder);
    await moveIn(whole, data);
  });
}

async function moveIn(whole: string, data: string): Promise<void> {
  const tree = join(whole, TREE);
  for (const name of existsSync(tree) ? readdirSync(tree, 'buffer') : []) {
    const [from, to] = [entryOf(tree, name), entryOf(data, name)];
    // A container that has the volume may have made one of that name: it is newer.
    if (lstatSync(to, { throwIfNoEntry: false }) === undefined) renameSync(from, to);
  }
  likenDirectory(whole, data);
  await syncDirectory(data);
  await removeTree(whole);
}

function entryOf(folder: string, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`), name]);
}
