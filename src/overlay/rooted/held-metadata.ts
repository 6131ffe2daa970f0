/** Owner, permissions, attributes and times of files that are held, in the order of unpack/metadata.ts and for its reasons. */
import { chmodSync, chownSync, fchmodSync, fchownSync, lchownSync } from 'node:fs';
import { setTimes } from '../../syscall/index.ts';
import type { Metadata } from '../tar/tar-entry.ts';
import { applyXattrs, type FileKind } from '../unpack/metadata.ts';
import { itself } from './at.ts';

/**
 * Of anything but an open file.
 *
 * @param fd O_PATH
 * @param location for calls that follow no link, and that know no way by descriptor
 */
export function applyHeld(
  fd: number,
  location: string | Buffer,
  { kind, metadata }: { readonly kind: FileKind; readonly metadata: Metadata },
): void {
  const { uid, gid, mode, xattrs, mtime } = metadata;
  if (kind === 'symlink') lchownSync(location, uid, gid);
  else {
    chownSync(itself(fd), uid, gid);
    chmodSync(itself(fd), mode);
  }
  applyXattrs(location, kind, xattrs);
  setTimes(location, mtime);
}

export function applyOpen(fd: number, { uid, gid, mode, xattrs, mtime }: Metadata): void {
  fchownSync(fd, uid, gid);
  fchmodSync(fd, mode);
  applyXattrs(fd, 'file', xattrs);
  setTimes(fd, mtime);
}
