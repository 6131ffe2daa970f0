/** Looks files up in a stack of layers as OverlayFS would merge them, without a mount: overlayfs.rst "Upper and Lower". */
import { lstatSync, type Stats } from 'node:fs';
import { type ByteString, byteString, byteStringOf, pathOf } from '../tar/byte-string.ts';
import { splitPath } from '../unpack/entry-path.ts';
import { isOpaque, isWhiteout, type OverlayNamespace } from './whiteout.ts';

export interface FoundFile {
  /** Absolute path in the layer that has the file; no component before the last is a symbolic link. */
  readonly location: string | Buffer;
  readonly stats: Stats;
  /** The tree of the layer that has it. */
  readonly lowerdir: string;
}

/** What one layer says of a path. */
type Answer =
  | { readonly kind: 'found'; readonly stats: Stats }
  | { readonly kind: 'ask below' }
  | { readonly kind: 'hidden' };

/**
 * What stands at a path, in the topmost layer that has it. Symbolic links are not followed: one that stands for a
 * directory of the path ends the search.
 *
 * @param lowerdirs trees of layers, top first
 */
export function findInLayers(
  lowerdirs: readonly string[],
  path: readonly ByteString[],
  namespace: OverlayNamespace,
): FoundFile | undefined {
  for (const lowerdir of lowerdirs) {
    const answer = ask(byteStringOf(lowerdir), path, namespace);
    if (answer.kind === 'hidden') return undefined;
    if (answer.kind === 'found') {
      return {
        location: pathOf([byteStringOf(lowerdir), ...path].join('/') as ByteString),
        stats: answer.stats,
        lowerdir,
      };
    }
  }
  return undefined;
}

function ask(lowerdir: ByteString, path: readonly ByteString[], namespace: OverlayNamespace): Answer {
  const passed: ByteString[] = [];
  let location: ByteString = lowerdir;
  let stats = lstatSync(pathOf(location));
  for (const component of path) {
    // A file on the way shadows whatever the layers below have there.
    if (!stats.isDirectory()) return { kind: 'hidden' };
    passed.push(location);
    location = `${location}/${component}` as ByteString;
    const next = lstatSync(pathOf(location), { throwIfNoEntry: false });
    if (next === undefined) {
      // The attributes are read only now: most look-ups end before.
      const opaque = passed.slice(1).some((directory) => isOpaque(pathOf(directory), namespace));
      return { kind: opaque ? 'hidden' : 'ask below' };
    }
    if (isWhiteout(next)) return { kind: 'hidden' };
    stats = next;
  }
  return { kind: 'found', stats };
}

/** Whether the merged tree has something at a path, which is walked without following links. */
export function existsInLayers(
  lowerdirs: readonly string[],
  path: Buffer,
  namespace: OverlayNamespace = 'trusted',
): boolean {
  return findInLayers(lowerdirs, splitPath(byteString(path)), namespace) !== undefined;
}
