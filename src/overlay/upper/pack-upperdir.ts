/**
 * What a container changed, as a layer: its upperdir in, a tar with the whiteouts of image-spec v1.1.1 layer.md#whiteouts out.
 * The container may run meanwhile, and its files are its own to swap: everything is held by descriptor.
 */
import { closeSync } from 'node:fs';
import { GockerError } from '../../errors/index.ts';
import { getXattr, listXattrs } from '../../syscall/index.ts';
import { holdPath } from '../rooted/at.ts';
import { nameInTree, TreeEntries } from '../rooted/tree-entries.ts';
import { locationOf, type TreeNode, walkTree } from '../rooted/walk-tree.ts';
import { type ByteString, shown } from '../tar/byte-string.ts';
import type { TarEntry } from '../tar/tar-entry.ts';
import { type PackedEntry, writeTar } from '../tar/write-tar.ts';
import { Turns } from '../unpack/turns.ts';
import { isOpaque, type OverlayNamespace } from '../view/whiteout.ts';

export interface UpperdirOptions {
  readonly namespace?: OverlayNamespace;
  /** Hears in words of what is left out since no layer can hold it: sockets, names that would be read as whiteouts. */
  readonly onSkipped?: (what: string) => void;
  /** Paths from the root of the container, without a leading slash, that are not its own doing. */
  readonly leaveOut?: (path: string, isEmpty: boolean) => boolean;
}

/**
 * The same tree gives the same bytes. Unpacked over the layers below, it gives the tree that OverlayFS merges.
 *
 * @throws GockerError `UPPERDIR_UNSUPPORTED` for what only this kernel's OverlayFS can merge, `TAR_CONTENT_CHANGED` where a file
 *   shrinks while it is read; Error of the filesystem
 */
export function packUpperdir(upperdir: string, options: UpperdirOptions = {}): AsyncGenerator<Uint8Array> {
  return writeTar(entries(upperdir, options));
}

async function* entries(upperdir: string, options: UpperdirOptions): AsyncGenerator<PackedEntry> {
  const { namespace = 'trusted', onSkipped } = options;
  const packer = new TreeEntries({ onSkipped });
  const turns = new Turns();
  for (const node of walkUpperdir(upperdir, options)) {
    const { path, stats, location } = node;
    if (isWhiteoutNode(node)) {
      yield { entry: emptyEntry([...path.slice(0, -1), `.wh.${path.at(-1)}` as ByteString]) };
      continue;
    }
    if (stats.isDirectory() && location !== undefined) refuseRedirected(location, path);
    else if (stats.isFile() && location !== undefined) refuseMetacopy(location, path);
    const packed = packer.entryOf(node);
    if (packed !== undefined) yield packed;
    if (stats.isDirectory() && path.length > 0 && location !== undefined && isOpaque(location, namespace)) {
      yield { entry: emptyEntry([...path, '.wh..wh..opq' as ByteString]) };
    }
    await turns.next();
  }
}

/** Its nodes but those that are to be left out. */
export function* walkUpperdir(
  upperdir: string,
  { leaveOut = () => false, onSkipped = () => {} }: UpperdirOptions,
): Generator<TreeNode> {
  const root = holdPath(upperdir);
  if (root === undefined) return;
  try {
    const location = locationOf(root, undefined);
    yield* walkTree(
      { file: root, location },
      {
        leaveOut: ({ path, stats }) => {
          if (path.at(-1)?.startsWith('.wh.') === true) {
            onSkipped(`${shown(nameInTree(path))} would be read as a whiteout: it is left out`);
            return true;
          }
          const isEmpty = stats.isFile() && stats.size === 0n;
          return leaveOut(Buffer.from(path.join('/'), 'latin1').toString(), isEmpty);
        },
      },
    );
  } finally {
    closeSync(root.fd);
  }
}

export function isWhiteoutNode({ stats, path }: TreeNode): boolean {
  return stats.isCharacterDevice() && stats.rdev === 0n && path.length > 0;
}

/** A file of no bytes, which says nothing but by its name. */
function emptyEntry(path: readonly ByteString[]): TarEntry {
  return {
    kind: 'file',
    name: nameInTree(path),
    linkname: '' as ByteString,
    mode: 0o600,
    uid: 0,
    gid: 0,
    mtime: { seconds: 0, nanoseconds: 0 },
    size: 0,
    device: { major: 0, minor: 0 },
    xattrs: new Map(),
  };
}

/** overlayfs.rst "Renaming directories": with redirect_dir=on a directory is but a pointer to where the layers below have it. */
function refuseRedirected(location: string | Buffer, path: readonly ByteString[]): void {
  if (hasXattr(location, /^(?:trusted|user)\.overlay\.redirect$/)) throw unsupported(path, 'redirect_dir');
}

/** overlayfs.rst "Metadata only copy up": the data is that of a layer below. */
function refuseMetacopy(location: string | Buffer, path: readonly ByteString[]): void {
  if (hasXattr(location, /^(?:trusted|user)\.overlay\.metacopy$/)) throw unsupported(path, 'metacopy');
}

function hasXattr(location: string | Buffer, pattern: RegExp): boolean {
  return listXattrs(location).some((name) => pattern.test(name) && getXattr(location, name) !== undefined);
}

function unsupported(path: readonly ByteString[], feature: string): GockerError {
  return new GockerError(
    'UPPERDIR_UNSUPPORTED',
    `cannot pack ${shown(nameInTree(path))}: OverlayFS's ${feature} made it (expected it to be off)`,
    { hint: `This kernel has it on for all mounts: write N to /sys/module/overlay/parameters/${feature}.` },
  );
}
