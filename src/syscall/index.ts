export {
  ACCESS,
  AT,
  AT_FDCWD,
  CLOSE_RANGE,
  device,
  F,
  FD,
  fileMode,
  O,
  RESOLVE,
  S,
  STATX,
} from './constants/file.ts';
export { type Family, flags, flagsOf, hex, mode } from './constants/flags.ts';
export { FSCONFIG, FSMOUNT, FSOPEN, FSPICK, MNT, MOUNT_ATTR, MOVE_MOUNT, MS, OPEN_TREE } from './constants/mount.ts';
export {
  CLONE,
  KEYCTL,
  LINUX_CAPABILITY_VERSION,
  P,
  PR,
  PR_CAP_AMBIENT,
  RLIMIT,
  SECCOMP,
  SECCOMP_FILTER_FLAG,
  SIG_HOW,
  W,
} from './constants/process.ts';
export { AF, IFF, MSG, SCM, SIOC, SOCK, SOL, TIOC } from './constants/socket.ts';
export { errnoName, errnoNumber } from './errno.ts';
export {
  type Argument,
  buffer,
  constant,
  environment,
  type Field,
  type KernelCall,
  resultOf,
  strings,
} from './kernel-call.ts';
export { tryLock, unlock } from './locks.ts';
export { type Device, deviceNumber, makeNode } from './nodes.ts';
export { syncFilesystem } from './syncfs.ts';
export { SyscallError } from './syscall-error.ts';
export { setTimes, type Timespec } from './times.ts';
export { getXattr, listXattrs, setXattr } from './xattrs.ts';
