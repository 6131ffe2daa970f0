/** Entries onto the disk: one layer's tree, below a directory that nobody else writes to. */
import { closeSync, constants, linkSync, openSync, symlinkSync, writeSync } from 'node:fs';
import { makeNode } from '../../syscall/index.ts';
import { layerError } from '../layer-error.ts';
import { type ByteString, pathOf, shown } from '../tar/byte-string.ts';
import type { TarEntry } from '../tar/tar-entry.ts';
import type { EntryHandler } from '../tar/tar-reader.ts';
import type { OverlayNamespace } from '../view/whiteout.ts';
import { entryPath } from './entry-path.ts';
import { finishDirectories } from './finish-directories.ts';
import { linkTarget } from './hard-link.ts';
import type { LayerDirectory } from './layer-directory.ts';
import { LayerTree } from './layer-tree.ts';
import type { LowerLayers } from './lower-layers.ts';
import { applyFileMetadata, applyMetadata } from './metadata.ts';
import { unpackError } from './unpack-error.ts';
import { parseWhiteout } from './whiteout-entry.ts';

/** O_EXCL: never through a link, never into a file that is there. */
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

interface OpenFile {
  readonly fd: number;
  readonly location: ByteString;
}

export class LayerUnpacker implements EntryHandler {
  readonly #tree: LayerTree;
  readonly #namespace: OverlayNamespace;
  #entry: TarEntry | undefined;
  #file: OpenFile | undefined;
  #bytes = 0;

  constructor(root: LayerDirectory, lower: LowerLayers, namespace: OverlayNamespace) {
    this.#tree = new LayerTree(root, lower);
    this.#namespace = namespace;
  }

  /** Bytes of all files so far: what docker counts as a layer's size. */
  get bytes(): number {
    return this.#bytes;
  }

  begin(entry: TarEntry): void | Promise<void> {
    this.#entry = entry;
    try {
      const pending = this.#place(entry);
      return pending?.catch((error: unknown) => {
        throw this.#describe(error);
      });
    } catch (error) {
      throw this.#describe(error);
    }
  }

  content(bytes: Uint8Array): void {
    if (this.#file === undefined) return;
    try {
      for (let written = 0; written < bytes.length; ) {
        written += writeSync(this.#file.fd, bytes, written, bytes.length - written);
      }
    } catch (error) {
      throw this.#describe(error);
    }
    this.#bytes += bytes.length;
  }

  end(): void {
    if (this.#file === undefined || this.#entry === undefined) return;
    try {
      applyFileMetadata(this.#file.fd, this.#file.location, this.#entry);
    } catch (error) {
      throw this.#describe(error);
    } finally {
      this.close();
    }
  }

  /** After the last entry. */
  async finish(): Promise<void> {
    this.#entry = undefined;
    try {
      await finishDirectories(this.#tree.root, this.#tree.lower, this.#namespace);
    } catch (error) {
      throw this.#describe(error);
    }
  }

  #describe(error: unknown): unknown {
    return unpackError(error, this.#tree.root.location, this.#entry);
  }

  /** Closes what is open. Idempotent. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file.fd);
    this.#file = undefined;
  }

  #place(entry: TarEntry): undefined | Promise<void> {
    const path = entryPath(entry.name);
    const whiteout = parseWhiteout(path);
    const name = path.pop();
    if (name === undefined) {
      this.#placeRoot(entry);
      return undefined;
    }
    if (whiteout?.kind === 'aufs') return undefined;
    const parent = this.#tree.directory(path, whiteout === undefined ? 'create' : 'find');
    const place = (directory: LayerDirectory | undefined) => {
      if (directory === undefined) return undefined;
      if (whiteout?.kind === 'opaque') directory.opaque = true;
      else if (whiteout?.kind === 'hides') this.#hide(directory, whiteout.name);
      else return this.#make(directory, name, entry);
      return undefined;
    };
    return parent instanceof Promise ? parent.then(place) : place(parent);
  }

  #placeRoot(entry: TarEntry): void {
    if (entry.kind !== 'directory') {
      throw layerError(
        'LAYER_UNSAFE',
        `cannot unpack ${shown(entry.name)}: the root as a ${entry.kind} (expected a directory)`,
      );
    }
    this.#tree.root.metadata = entry;
  }

  /** What this layer has itself stays; a directory of it shows nothing of those below. */
  #hide(directory: LayerDirectory, name: ByteString): void {
    const known = directory.children.get(name);
    if (known !== undefined) known.opaque = true;
    else if (!this.#tree.has(directory, name)) directory.whiteouts.add(name);
  }

  #make(parent: LayerDirectory, name: ByteString, entry: TarEntry): undefined | Promise<void> {
    const location = parent.locate(name);
    switch (entry.kind) {
      case 'directory':
        this.#tree.makeDirectory(parent, name).metadata = entry;
        return undefined;
      case 'file':
        // Nobody but us may read it until its owner and permissions are right.
        this.#tree.create(parent, name, (path) => {
          this.#file = { fd: openSync(path, CREATE, 0o600), location };
        });
        return undefined;
      case 'symlink':
        this.#tree.create(parent, name, (path) => symlinkSync(pathOf(entry.linkname), path));
        applyMetadata(location, 'symlink', entry);
        return undefined;
      case 'hardlink':
        return this.#link(parent, name, entry.linkname);
      default:
        this.#makeNode(parent, name, entry);
        return undefined;
    }
  }

  async #link(parent: LayerDirectory, name: ByteString, linkname: ByteString): Promise<void> {
    const target = await linkTarget(this.#tree, linkname);
    if (target === parent.locate(name)) {
      throw layerError(
        'LAYER_INCONSISTENT',
        `cannot make a hard link to ${shown(linkname)}: it is its own target (expected another)`,
      );
    }
    // Its metadata is its target's: that of the entry counts for nothing.
    this.#tree.create(parent, name, (path) => linkSync(pathOf(target), path));
  }

  #makeNode(parent: LayerDirectory, name: ByteString, entry: TarEntry): void {
    const { kind, device } = entry;
    if (kind === 'character-device' && device.major === 0 && device.minor === 0) {
      // It cannot be told from OverlayFS's own whiteout, and no program can open it.
      this.#tree.clear(parent, name);
      parent.whiteouts.add(name);
      return;
    }
    const node = kind === 'character-device' || kind === 'block-device' ? kind : 'fifo';
    this.#tree.create(parent, name, (path) => makeNode(path, node, device));
    applyMetadata(parent.locate(name), 'node', entry);
  }
}
