/** Removal in two steps: out of sight at once, off the disk whenever. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { INGEST } from './layer-folders.ts';

/** How a folder is called that nobody needs: a sweep removes it, should the process die that wanted to. */
export const DISCARDED = '.removed';

/** Idempotent. When it resolves the folder is gone from the disk too. */
export async function discardFolder(root: string, key: string): Promise<void> {
  const trash = join(root, INGEST, `${key}.${randomBytes(4).toString('hex')}${DISCARDED}`);
  mkdirSync(join(root, INGEST), { recursive: true, mode: 0o700 });
  try {
    renameSync(join(root, key), trash);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  await rm(trash, { recursive: true, force: true });
}
