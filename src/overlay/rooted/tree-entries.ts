/** What is found in a tree, as entries of a tar. */
import { readlinkSync } from 'node:fs';
import { type ByteString, byteString, shown } from '../tar/byte-string.ts';
import { foreignXattr } from '../tar/pax-xattrs.ts';
import type { EntryKind, TarEntry } from '../tar/tar-entry.ts';
import type { PackedEntry } from '../tar/write-tar.ts';
import { deviceOf, metadataIn, xattrsOf } from '../unpack/copy-up.ts';
import { readFile, type TreeNode } from './walk-tree.ts';

export interface TreeEntriesOptions {
  /** The name of what a walk finds; "." for the tree itself. */
  readonly nameOf?: (path: readonly ByteString[]) => ByteString;
  /** Hears of what no tar can hold, in words. */
  readonly onSkipped?: ((what: string) => void) | undefined;
}

const noDevice = { major: 0, minor: 0 };
const none = '' as ByteString;

/** Hard links among what one object is given are kept: the first name has the content. */
export class TreeEntries {
  readonly #nameOf: (path: readonly ByteString[]) => ByteString;
  readonly #onSkipped: (what: string) => void;
  /** First names of files that have several, by inode. */
  readonly #links = new Map<string, ByteString>();

  constructor({ nameOf = nameInTree, onSkipped = () => {} }: TreeEntriesOptions = {}) {
    this.#nameOf = nameOf;
    this.#onSkipped = onSkipped;
  }

  /** Its content can be read as long as the node is held. @returns undefined for a socket, which no tar can hold */
  entryOf(node: TreeNode): PackedEntry | undefined {
    const name = this.#nameOf(node.path);
    const kind = kindOf(node);
    if (kind === undefined) {
      this.#onSkipped(`${shown(name)} is a socket, which no tar can hold: it is left out`);
      return undefined;
    }
    const first = this.#firstName(node, name);
    if (first !== undefined) return { entry: entryOf(node, { kind: 'hardlink', name, linkname: first }) };
    const linkname = kind === 'symlink' ? targetOf(node) : none;
    const entry = entryOf(node, { kind, name, linkname });
    return kind === 'file' ? { entry, content: () => readFile(node) } : { entry };
  }

  #firstName({ stats }: TreeNode, name: ByteString): ByteString | undefined {
    if (stats.isDirectory() || stats.nlink < 2n) return undefined;
    const inode = `${stats.dev}:${stats.ino}`;
    const first = this.#links.get(inode);
    if (first === undefined) this.#links.set(inode, name);
    return first;
  }
}

export function nameInTree(path: readonly ByteString[]): ByteString {
  return (path.length === 0 ? '.' : path.join('/')) as ByteString;
}

function entryOf(node: TreeNode, named: Pick<TarEntry, 'kind' | 'name' | 'linkname'>): TarEntry {
  const isDevice = named.kind === 'character-device' || named.kind === 'block-device';
  return {
    ...named,
    ...metadataIn(node.stats),
    size: named.kind === 'file' ? Number(node.stats.size) : 0,
    device: isDevice ? deviceOf(Number(node.stats.rdev)) : noDevice,
    xattrs: named.kind === 'hardlink' || node.location === undefined ? new Map() : ownXattrs(node.location),
  };
}

/** But those that belong to this machine, and that nobody would set again. */
function ownXattrs(location: string | Buffer): ReadonlyMap<string, Buffer> {
  const xattrs = xattrsOf(location);
  for (const name of xattrs.keys()) if (foreignXattr.test(name)) xattrs.delete(name);
  return xattrs;
}

function kindOf({ stats }: TreeNode): EntryKind | undefined {
  if (stats.isDirectory()) return 'directory';
  if (stats.isFile()) return 'file';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isFIFO()) return 'fifo';
  if (stats.isCharacterDevice()) return 'character-device';
  return stats.isBlockDevice() ? 'block-device' : undefined;
}

function targetOf({ location }: TreeNode): ByteString {
  return location === undefined ? none : byteString(readlinkSync(location, 'buffer'));
}
