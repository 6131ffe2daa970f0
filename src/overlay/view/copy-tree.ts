/**
 * A directory of an image as a tree of its own: what a volume begins with. Owners, permissions, attributes, times and hard
 * links are kept, whiteouts honoured; the image's symbolic links on the way there are followed within it.
 */
import { linkSync, mkdirSync } from 'node:fs';
import { type ByteString, byteString, byteStringOf, pathOf } from '../tar/byte-string.ts';
import { copyUp, metadataOf } from '../unpack/copy-up.ts';
import { splitPath } from '../unpack/entry-path.ts';
import { applyMetadata } from '../unpack/metadata.ts';
import { Turns } from '../unpack/turns.ts';
import type { FoundFile } from './find-in-layers.ts';
import { MergedDirectory } from './merged-directory.ts';
import { resolveInLayers } from './open-in-layers.ts';
import type { OverlayNamespace } from './whiteout.ts';

/** What stands at a path of an image: undefined for nothing. */
export type AtPath = { readonly kind: 'directory'; readonly directory: MergedDirectory } | { readonly kind: 'file' };

/**
 * @param lowerdirs trees of layers, top first
 * @throws GockerError `LINK_LOOP`
 */
export function lookUpInLayers(
  lowerdirs: readonly string[],
  path: string,
  namespace: OverlayNamespace = 'trusted',
): AtPath | undefined {
  const found = resolveInLayers(lowerdirs, path, namespace);
  if (found === undefined) return undefined;
  const location = typeof found.location === 'string' ? byteStringOf(found.location) : byteString(found.location);
  let directory = MergedDirectory.root(lowerdirs, namespace);
  for (const name of splitPath(location.slice(byteStringOf(found.lowerdir).length) as ByteString)) {
    const entry = directory.entry(name);
    if (entry?.kind !== 'directory') return { kind: 'file' };
    directory = entry.directory;
  }
  return { kind: 'directory', directory };
}

/**
 * @param to is made; of what was copied when it fails, the caller disposes
 * @throws Error of the filesystem: ENOSPC …
 */
export async function copyTree(directory: MergedDirectory, to: string): Promise<void> {
  const turns = new Turns();
  for (const _ of copyDirectory(directory, byteStringOf(to), new Map())) await turns.next();
}

/** Gives a directory the owner, permissions, attributes and times of another. */
export function likenDirectory(from: string | Buffer, to: string): void {
  applyMetadata(byteStringOf(to), 'directory', metadataOf(from));
}

/** Yields after each file. @param links copies by the inode that they are of */
function* copyDirectory(directory: MergedDirectory, to: ByteString, links: Map<string, ByteString>): Generator<void> {
  mkdirSync(pathOf(to), 0o700);
  for (const entry of directory.entries()) {
    const target = `${to}/${entry.name}` as ByteString;
    if (entry.kind === 'directory') yield* copyDirectory(entry.directory, target, links);
    else copyFile(entry.file, target, links);
    yield;
  }
  // Last: what is made below moves the times, and may need more than the permissions give.
  applyMetadata(to, 'directory', metadataOf(directory.location));
}

function copyFile(file: FoundFile, to: ByteString, links: Map<string, ByteString>): void {
  const { stats } = file;
  const inode = stats.nlink > 1 ? `${stats.dev}:${stats.ino}` : undefined;
  const copied = inode === undefined ? undefined : links.get(inode);
  if (copied === undefined) copyUp(file, to);
  else linkSync(pathOf(copied), pathOf(to));
  if (inode !== undefined && copied === undefined) links.set(inode, to);
}
