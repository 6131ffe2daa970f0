/** Constants of open(2), openat2(2), the *at calls, mknod(2), fcntl(2) and close_range(2). */
import { constants } from 'node:fs';
import { type Argument, constant } from '../kernel-call.ts';

/** open(2). Some of these differ between x86-64 and arm64, so they come from Node, which was built for this machine. */
export const O = {
  O_RDONLY: constants.O_RDONLY,
  O_WRONLY: constants.O_WRONLY,
  O_RDWR: constants.O_RDWR,
  O_CREAT: constants.O_CREAT,
  O_EXCL: constants.O_EXCL,
  O_NOCTTY: constants.O_NOCTTY,
  O_TRUNC: constants.O_TRUNC,
  O_APPEND: constants.O_APPEND,
  O_NONBLOCK: constants.O_NONBLOCK,
  O_DIRECTORY: constants.O_DIRECTORY,
  O_NOFOLLOW: constants.O_NOFOLLOW,
  O_NOATIME: constants.O_NOATIME,
  O_DIRECT: constants.O_DIRECT,
  O_DSYNC: constants.O_DSYNC,
  O_SYNC: constants.O_SYNC,
  O_CLOEXEC: 0o2000000,
  O_PATH: 0o10000000,
  O_TMPFILE: 0o20000000 | constants.O_DIRECTORY,
} as const;

/** The flags of the *at calls: linux/fcntl.h. AT_FDCWD is an argument of its own. */
export const AT = {
  AT_SYMLINK_NOFOLLOW: 0x100,
  AT_REMOVEDIR: 0x200,
  AT_EACCESS: 0x200,
  AT_SYMLINK_FOLLOW: 0x400,
  AT_NO_AUTOMOUNT: 0x800,
  AT_EMPTY_PATH: 0x1000,
  AT_RECURSIVE: 0x8000,
} as const;

/** The working directory, where a call wants a directory's descriptor. */
export const AT_FDCWD: Argument = constant('AT_FDCWD', -100);

/** openat2(2): how a path may be walked. */
export const RESOLVE = {
  RESOLVE_NO_XDEV: 0x01,
  RESOLVE_NO_MAGICLINKS: 0x02,
  RESOLVE_NO_SYMLINKS: 0x04,
  RESOLVE_BENEATH: 0x08,
  RESOLVE_IN_ROOT: 0x10,
  RESOLVE_CACHED: 0x20,
} as const;

/** The file types of a mode, inode(7). */
export const S = {
  S_IFIFO: 0o010000,
  S_IFCHR: 0o020000,
  S_IFDIR: 0o040000,
  S_IFBLK: 0o060000,
  S_IFREG: 0o100000,
  S_IFLNK: 0o120000,
  S_IFSOCK: 0o140000,
} as const;

/** The commands of fcntl(2): values, not flags. */
export const F = {
  F_DUPFD: 0,
  F_GETFD: 1,
  F_SETFD: 2,
  F_GETFL: 3,
  F_SETFL: 4,
  F_DUPFD_CLOEXEC: 1030,
  F_ADD_SEALS: 1033,
} as const;

/** What fcntl(F_ADD_SEALS) forbids for good. */
export const F_SEAL = { F_SEAL_SEAL: 1, F_SEAL_SHRINK: 2, F_SEAL_GROW: 4, F_SEAL_WRITE: 8 } as const;

/** memfd_create(2). MFD_EXEC and MFD_NOEXEC_SEAL since Linux 6.3. */
export const MFD = { MFD_CLOEXEC: 1, MFD_ALLOW_SEALING: 2, MFD_NOEXEC_SEAL: 8, MFD_EXEC: 0x10 } as const;

/** The one descriptor flag of fcntl(F_SETFD). */
export const FD = { FD_CLOEXEC: 1 } as const;

export const CLOSE_RANGE = { CLOSE_RANGE_UNSHARE: 2, CLOSE_RANGE_CLOEXEC: 4 } as const;

/** The modes of access(2). */
export const ACCESS = { F_OK: 0, X_OK: 1, W_OK: 2, R_OK: 4 } as const;

export const STATX = { STATX_TYPE: 1, STATX_MODE: 2, STATX_BASIC_STATS: 0x7ff, STATX_MNT_ID: 0x1000 } as const;

/** A file's type with its permissions, for mknodat(2): `fileMode('S_IFCHR', 0o666)` prints as `S_IFCHR|0666`. */
export function fileMode(type: keyof typeof S, permissions: number): Argument {
  return constant(`${type}|0${permissions.toString(8)}`, S[type] | permissions);
}

/** A device number in the kernel's own encoding, as mknodat(2) takes it: makedev(3). */
export function device(major: number, minor: number): Argument {
  const number = (BigInt(minor) & 0xffn) | (BigInt(major) << 8n) | ((BigInt(minor) & ~0xffn) << 12n);
  return constant(`makedev(0x${major.toString(16)}, 0x${minor.toString(16)})`, Number(number));
}
