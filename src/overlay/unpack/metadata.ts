/**
 * Owner, permissions, attributes and times, in that order: chown(2) clears setuid bits and `security.capability`, and every
 * change before the times would be one more reason for them to move.
 */
import { chmodSync, fchmodSync, fchownSync, futimesSync, lchownSync, lutimesSync } from 'node:fs';
import { setTimes, setXattr, type Timespec } from '../../syscall/index.ts';
import { type ByteString, pathOf } from '../tar/byte-string.ts';
import type { Metadata } from '../tar/tar-entry.ts';

export type FileKind = 'file' | 'directory' | 'symlink' | 'node';

/** Of anything but an open file, by its path; a symbolic link itself, never what it points to. */
export function applyMetadata(location: ByteString, kind: FileKind, metadata: Metadata): void {
  const path = pathOf(location);
  if (!isOurs(metadata)) lchownSync(path, metadata.uid, metadata.gid);
  // A symbolic link has no permissions of its own, and chmod(2) would follow it.
  if (kind !== 'symlink') chmodSync(path, metadata.mode);
  applyXattrs(path, kind, metadata.xattrs);
  if (isExactInNode(metadata.mtime)) lutimesSync(path, metadata.mtime.seconds, metadata.mtime.seconds);
  else setTimes(path, metadata.mtime);
}

/** Of a file that this process has just created. */
export function applyFileMetadata(fd: number, location: ByteString, metadata: Metadata): void {
  if (!isOurs(metadata)) fchownSync(fd, metadata.uid, metadata.gid);
  fchmodSync(fd, metadata.mode);
  if (metadata.xattrs.size > 0) applyXattrs(pathOf(location), 'file', metadata.xattrs);
  if (isExactInNode(metadata.mtime)) futimesSync(fd, metadata.mtime.seconds, metadata.mtime.seconds);
  else setTimes(fd, metadata.mtime);
}

const [euid, egid] = [process.geteuid?.() ?? 0, process.getegid?.() ?? 0];

/** What is created below a directory without the setgid bit belongs to the process already. */
function isOurs({ uid, gid }: Metadata): boolean {
  return uid === euid && gid === egid;
}

/** Node's seconds are floating-point numbers, and negative ones it takes for "now". */
function isExactInNode({ seconds, nanoseconds }: Timespec): boolean {
  return nanoseconds === 0 && seconds >= 0;
}

/** @param file an open descriptor, or a path that is not followed */
export function applyXattrs(file: number | string | Buffer, kind: FileKind, xattrs: ReadonlyMap<string, Buffer>): void {
  for (const [name, value] of xattrs) {
    try {
      setXattr(file, name, value);
    } catch (error) {
      if (!isTolerable(error, name, kind)) throw error;
    }
  }
}

/** The filesystem has no such attributes; or, xattr(7) "Extended user attributes", neither has this kind of file. */
function isTolerable(error: unknown, name: string, kind: FileKind): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EOPNOTSUPP') return true;
  return code === 'EPERM' && name.startsWith('user.') && kind !== 'file' && kind !== 'directory';
}
