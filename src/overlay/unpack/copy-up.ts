/** Files of the layers below that a layer needs a copy of: parents that its tar leaves out, targets of its hard links. */
import { type BigIntStats, constants, copyFileSync, lstatSync, readlinkSync, symlinkSync } from 'node:fs';
import { type Device, getXattr, listXattrs, makeNode, type Timespec } from '../../syscall/index.ts';
import { type ByteString, pathOf } from '../tar/byte-string.ts';
import type { Metadata } from '../tar/tar-entry.ts';
import type { FoundFile } from '../view/find-in-layers.ts';
import { applyMetadata } from './metadata.ts';

/**
 * What a directory is given that no entry names: all that the layers below say of it; or, where they have none, what
 * mkdir(1) would give it, and a time that is the same whenever it is unpacked.
 */
export function adoptedMetadata(below: FoundFile | undefined): Metadata {
  if (below !== undefined) return metadataOf(below.location);
  const [uid, gid] = [process.geteuid?.() ?? 0, process.getegid?.() ?? 0];
  return { mode: 0o755, uid, gid, mtime: { seconds: 0, nanoseconds: 0 }, xattrs: new Map() };
}

/** Makes a copy of anything but a directory, with all its metadata. */
export function copyUp({ location, stats }: FoundFile, to: ByteString): void {
  const path = pathOf(to);
  if (stats.isFile()) copyFileSync(location, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  else if (stats.isSymbolicLink()) symlinkSync(readlinkSync(location, 'buffer'), path);
  else if (stats.isFIFO()) makeNode(path, 'fifo');
  else makeNode(path, stats.isBlockDevice() ? 'block-device' : 'character-device', deviceOf(stats.rdev));
  const kind = stats.isFile() ? 'file' : stats.isSymbolicLink() ? 'symlink' : 'node';
  applyMetadata(to, kind, metadataOf(location));
}

/** Of a file on the disk; OverlayFS's own attributes left out. */
export function metadataOf(path: string | Buffer): Metadata {
  return { ...metadataIn(lstatSync(path, { bigint: true })), xattrs: xattrsOf(path) };
}

/** All of it but the attributes. */
export function metadataIn(stats: BigIntStats): Omit<Metadata, 'xattrs'> {
  return {
    mode: Number(stats.mode & 0o7777n),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    mtime: timespec(stats.mtimeNs),
  };
}

export function xattrsOf(path: string | Buffer): Map<string, Buffer> {
  const xattrs = new Map<string, Buffer>();
  for (const name of listXattrs(path)) {
    if (/^(?:trusted|user)\.overlay\./.test(name)) continue;
    const value = getXattr(path, name);
    if (value !== undefined) xattrs.set(name, value);
  }
  return xattrs;
}

function timespec(nanoseconds: bigint): Timespec {
  const billion = 1_000_000_000n;
  const fraction = ((nanoseconds % billion) + billion) % billion;
  return { seconds: Number((nanoseconds - fraction) / billion), nanoseconds: Number(fraction) };
}

/** The numbers of a device as stat(2) gives it: the inverse of makedev(3), for the 12 and 20 bits that Linux has. */
export function deviceOf(rdev: number): Device {
  return { major: (rdev >>> 8) & 0xfff, minor: (rdev & 0xff) | ((rdev >>> 12) & 0xfff00) };
}
