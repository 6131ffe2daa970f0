/** What stands where blobs stand: `blobs/<algorithm>/<hex>`. */
import { type Dirent, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, isDigest } from '../oci/index.ts';
import type { Layout } from './layout.ts';

export interface BlobFile {
  readonly path: string;
  /** Undefined for what is no blob: another kind of file, or a name that is no digest. */
  readonly digest: Digest | undefined;
}

/** In the order of their names. Files that come or go meanwhile may be among them or not. */
export function* blobFiles(layout: Layout): Generator<BlobFile, void, undefined> {
  if (!existsSync(layout.blobs)) return;
  for (const algorithm of entries(layout.blobs)) {
    const folder = join(layout.blobs, algorithm.name);
    if (!algorithm.isDirectory()) yield { path: folder, digest: undefined };
    for (const file of algorithm.isDirectory() ? entries(folder) : []) {
      const digest = `${algorithm.name}:${file.name}`;
      yield { path: join(folder, file.name), digest: file.isFile() && isDigest(digest) ? digest : undefined };
    }
  }
}

function entries(path: string): Dirent[] {
  return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
}
