/** One entry of a layer, checked: every number is in range, every name is free of NULs; names are as yet unresolved. */
import type { Device, Timespec } from '../../syscall/index.ts';
import type { ByteString } from './byte-string.ts';

export type EntryKind = 'file' | 'directory' | 'symlink' | 'hardlink' | 'character-device' | 'block-device' | 'fifo';

/** What chown, chmod, setxattr and utimensat are given. */
export interface Metadata {
  /** Permissions with setuid, setgid and sticky: 12 bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: Timespec;
  readonly xattrs: ReadonlyMap<string, Buffer>;
}

export interface TarEntry extends Metadata {
  readonly kind: EntryKind;
  /** As it stands in the tar: may be absolute, may have `..` in it. */
  readonly name: ByteString;
  /** Target of a link of either kind; empty for all else. */
  readonly linkname: ByteString;
  /** Bytes of content; 0 for all but files. */
  readonly size: number;
  readonly device: Device;
}
