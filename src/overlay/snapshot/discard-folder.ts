/** Removal in two steps: out of sight at once, off the disk whenever. */
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { removeTree } from '../remove-tree.ts';
import { INGEST } from './layer-folders.ts';

/** How a folder is called that nobody needs: a sweep removes it, should the process die that wanted to. */
export const DISCARDED = '.removed';

let discarded = 0;

/** Idempotent. Out of sight before it first waits; when it resolves the folder is gone from the disk too. */
export async function discardFolder(root: string, key: string): Promise<void> {
  discarded += 1;
  const trash = join(root, INGEST, `${key}.${process.pid}-${discarded}${DISCARDED}`);
  mkdirSync(join(root, INGEST), { recursive: true, mode: 0o700 });
  try {
    renameSync(join(root, key), trash);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  await removeTree(trash);
}
