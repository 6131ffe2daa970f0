/**
 * Hard links. Their target may be in a layer below: then the merged tree must show one file under all of its names, so
 * this layer takes a copy of it and every name with it.
 */
import { linkSync, lstatSync, readdirSync } from 'node:fs';
import { layerError } from '../layer-error.ts';
import { type ByteString, byteString, byteStringOf, pathOf, shown } from '../tar/byte-string.ts';
import type { FoundFile } from '../view/find-in-layers.ts';
import { copyUp } from './copy-up.ts';
import { entryPath } from './entry-path.ts';
import type { LayerTree } from './layer-tree.ts';

/**
 * Where the target of a hard link stands in this layer, copied into it if need be.
 *
 * @param linkname as the tar has it: from the layer's root, through symbolic links like any entry's name
 * @throws GockerError `LAYER_INCONSISTENT`, `LAYER_UNSAFE`
 */
export async function linkTarget(tree: LayerTree, linkname: ByteString): Promise<ByteString> {
  const path = entryPath(linkname);
  const name = path.pop();
  const parent = name === undefined ? undefined : await tree.directory(path, 'find');
  if (name === undefined || parent === undefined) throw missing(linkname);
  const target = parent.locate(name);
  if (parent.children.has(name)) throw missing(linkname);
  if (tree.has(parent, name)) return target;
  const below = parent.hides(name) ? undefined : await tree.lower.find([...parent.path(), name]);
  if (below === undefined || below.stats.isDirectory()) throw missing(linkname);
  copyUp(below, target);
  if (below.stats.nlink > 1) await linkOtherNames(tree, below, target);
  return target;
}

async function linkOtherNames(tree: LayerTree, file: FoundFile, target: ByteString): Promise<void> {
  for (const path of namesOf(file)) {
    const name = path.pop();
    const seen = name === undefined ? undefined : await tree.lower.find([...path, name]);
    if (name === undefined || seen?.stats.ino !== file.stats.ino || seen.lowerdir !== file.lowerdir) continue;
    const parent = await tree.directory(path, 'find');
    // The directory may by now be another's target, or hold a newer file of that name.
    if (parent?.path().join('/') !== path.join('/') || tree.has(parent, name) || parent.hides(name)) continue;
    linkSync(pathOf(target), pathOf(parent.locate(name)));
  }
}

/** All paths in its layer that a file has. */
function namesOf(file: FoundFile): ByteString[][] {
  const names: ByteString[][] = [];
  const pending: ByteString[][] = [[]];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const directory = pathOf([byteStringOf(file.lowerdir), ...path].join('/') as ByteString);
    for (const entry of readdirSync(directory, { encoding: 'buffer', withFileTypes: true })) {
      const child = [...path, byteString(entry.name)];
      if (entry.isDirectory()) pending.push(child);
      else if (inodeOf(file.lowerdir, child) === file.stats.ino) names.push(child);
    }
  }
  return names;
}

function inodeOf(lowerdir: string, path: readonly ByteString[]): number {
  return lstatSync(pathOf([byteStringOf(lowerdir), ...path].join('/') as ByteString)).ino;
}

function missing(linkname: ByteString): Error {
  return layerError(
    'LAYER_INCONSISTENT',
    `cannot make a hard link to ${shown(linkname)}: no such file in this layer or below (expected a file before it)`,
  );
}
