/**
 * Finds and makes the directories that entries stand in. Names are resolved inside the layer's root the way that they
 * would be in the merged tree: through symbolic links of this layer and of those below, never out of the root.
 */
import { lstatSync, mkdirSync, readlinkSync, rmSync, unlinkSync } from 'node:fs';
import { layerError } from '../layer-error.ts';
import { type ByteString, byteString, pathOf, shown } from '../tar/byte-string.ts';
import { adoptedMetadata } from './copy-up.ts';
import { splitPath } from './entry-path.ts';
import { LayerDirectory } from './layer-directory.ts';
import type { LowerLayers } from './lower-layers.ts';

/** `create`: a directory that is nowhere is made. `find`: only those of the layers below are, since the merged tree has them. */
export type Missing = 'create' | 'find';

/** As many links as Linux follows in one path, path_resolution(7). */
const MOST_LINKS = 40;

export class LayerTree {
  readonly root: LayerDirectory;
  readonly lower: LowerLayers;

  constructor(root: LayerDirectory, lower: LowerLayers) {
    this.root = root;
    this.lower = lower;
  }

  /**
   * The directory at a path of the merged tree, with a place in this layer. At once where all of the path is known, which
   * it nearly always is.
   *
   * @returns undefined where it is nowhere, for `find`
   * @throws GockerError `LAYER_INCONSISTENT` where a file stands on the way
   */
  directory(path: readonly ByteString[], missing: 'create'): LayerDirectory | Promise<LayerDirectory>;
  directory(
    path: readonly ByteString[],
    missing: Missing,
  ): LayerDirectory | undefined | Promise<LayerDirectory | undefined>;
  directory(
    path: readonly ByteString[],
    missing: Missing,
  ): LayerDirectory | undefined | Promise<LayerDirectory | undefined> {
    let directory: LayerDirectory | undefined = this.root;
    for (const component of path) {
      directory = directory.children.get(component);
      if (directory === undefined) return this.#resolve(path, missing);
    }
    return directory;
  }

  /** Makes an explicit directory, in place of whatever this layer has there. */
  makeDirectory(parent: LayerDirectory, name: ByteString): LayerDirectory {
    const known = parent.children.get(name);
    if (known !== undefined) return known;
    const replaces = this.clear(parent, name);
    const directory = this.#add(parent, name);
    // By this layer's own account, something stood here that hid whatever is below.
    directory.opaque = parent.whiteouts.delete(name) || replaces;
    return directory;
  }

  /** Makes anything else, in place of whatever this layer has there; `make` fails with EEXIST while there is something. */
  create(parent: LayerDirectory, name: ByteString, make: (path: string | Buffer) => void): void {
    const path = pathOf(parent.locate(name));
    parent.whiteouts.delete(name);
    try {
      make(path);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      this.clear(parent, name);
      make(path);
    }
  }

  /** True where this layer itself has something at a name. */
  has(parent: LayerDirectory, name: ByteString): boolean {
    return lstatSync(pathOf(parent.locate(name)), { throwIfNoEntry: false }) !== undefined;
  }

  /**
   * Removes what this layer has at a name.
   *
   * @returns false where it had nothing
   */
  clear(parent: LayerDirectory, name: ByteString): boolean {
    const path = pathOf(parent.locate(name));
    if (parent.children.delete(name)) {
      rmSync(path, { recursive: true });
      return true;
    }
    if (!this.has(parent, name)) return false;
    unlinkSync(path);
    return true;
  }

  async #resolve(path: readonly ByteString[], missing: Missing): Promise<LayerDirectory | undefined> {
    let directory = this.root;
    const todo = [...path].reverse();
    let links = 0;
    for (let component = todo.pop(); component !== undefined; component = todo.pop()) {
      if (component === '..') {
        directory = directory.parent ?? directory;
        continue;
      }
      const next = directory.children.get(component) ?? (await this.#step(directory, component, missing));
      if (next === undefined) return undefined;
      if (typeof next !== 'string') {
        directory = next;
        continue;
      }
      if (++links > MOST_LINKS) throw inconsistent(path, `over ${MOST_LINKS} symbolic links on the way`);
      if (next.startsWith('/')) directory = this.root;
      todo.push(...splitPath(next).reverse());
    }
    return directory;
  }

  /** One step into what is not known as a directory of this layer: a directory, the target of a link, or nothing. */
  async #step(
    parent: LayerDirectory,
    name: ByteString,
    missing: Missing,
  ): Promise<LayerDirectory | ByteString | undefined> {
    const path = pathOf(parent.locate(name));
    const own = lstatSync(path, { throwIfNoEntry: false });
    if (own?.isSymbolicLink()) return byteString(readlinkSync(path, 'buffer'));
    if (own !== undefined) return notDirectory([...parent.path(), name], missing);
    const below = parent.hides(name) ? undefined : await this.lower.find([...parent.path(), name]);
    if (below?.stats.isSymbolicLink()) return byteString(readlinkSync(below.location, 'buffer'));
    if (below !== undefined && !below.stats.isDirectory()) return notDirectory([...parent.path(), name], missing);
    if (below === undefined && missing === 'find') return undefined;
    const directory = this.#add(parent, name);
    directory.opaque = parent.whiteouts.delete(name);
    directory.metadata = adoptedMetadata(below);
    return directory;
  }

  #add(parent: LayerDirectory, name: ByteString): LayerDirectory {
    const location = parent.locate(name);
    // Its own permissions come last: entries must be able to get in.
    mkdirSync(pathOf(location), 0o700);
    const directory = new LayerDirectory(location, parent, name);
    parent.children.set(name, directory);
    return directory;
  }
}

function notDirectory(path: readonly ByteString[], missing: Missing): undefined {
  if (missing === 'create') throw inconsistent(path, 'no directory');
}

function inconsistent(path: readonly ByteString[], what: string): Error {
  const name = shown(path.join('/') as ByteString);
  return layerError('LAYER_INCONSISTENT', `cannot unpack into ${name}: ${what} (expected a directory)`);
}
