export { type CloneCall, type CloneFlag, cloneCall } from './clone-call.ts';
export { BPF, BPF_ATTACH_TYPE, BPF_F, BPF_PROG_TYPE } from './constants/bpf.ts';
export {
  ACCESS,
  AT,
  AT_FDCWD,
  CLOSE_RANGE,
  device,
  F,
  F_SEAL,
  FD,
  fileMode,
  MFD,
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
  SECBIT,
  SECCOMP,
  SECCOMP_FILTER_FLAG,
  SIG_HOW,
  W,
} from './constants/process.ts';
export { AF, IFF, MSG, SCM, SIOC, SOCK, SOL, TIOC } from './constants/socket.ts';
export {
  CMSGHDR,
  IOVEC,
  MSGHDR,
  messagePair,
  type Received,
  receiveDescriptor,
  sendDescriptors,
  socketPair,
} from './descriptor-passing.ts';
export { errnoName, errnoNumber } from './errno.ts';
export { formatErrno } from './errno-text.ts';
export { makeFilesAs } from './filesystem-ids.ts';
export { formatKernelCall, formatResult, type Results } from './format-kernel-call.ts';
export { handoverProgram } from './handover/program.ts';
export { hintFor } from './hints.ts';
export {
  type Argument,
  type BufferArgument,
  buffer,
  constant,
  environment,
  type Field,
  type KernelCall,
  resultOf,
  strings,
} from './kernel-call.ts';
export { tryLock, unlock } from './locks.ts';
export { inNetworkNamespace } from './network-namespace.ts';
export { type Device, deviceNumber, makeNode } from './nodes.ts';
export { openInRoot } from './open-in-root.ts';
export { pidfdGetfd, pidfdOpen, pidfdSendSignal } from './pidfd.ts';
export { type Pipe, pipe } from './pipes.ts';
export { type PollEvents, PollWatch } from './poll-watch.ts';
export { readable } from './readiness.ts';
export {
  bindSocket,
  ipSocketAddress,
  listenSocket,
  openSocket,
  receiveMessage,
  type SocketOption,
  type SocketType,
  sendMessage,
  setSocketOption,
  shutdownReading,
  socketName,
} from './sockets.ts';
export { syncFilesystem } from './syncfs.ts';
export { SyscallError } from './syscall-error.ts';
export { type Architecture, syscallNames, syscallNumber, thisArchitecture } from './syscall-numbers.ts';
export type { AdoptedChild } from './tape/adopted-child.ts';
export { birth, type CloneOptions, cloneAndPlay } from './tape/clone-and-play.ts';
export { type Cloned, cloneThrough, LENT_TAPE, type Lent, MAKER_LIFELINE } from './tape/clone-through.ts';
export { checkParent, handOver, LIFELINE, PARENT_LIFELINE, waitAtGate } from './tape/lifeline.ts';
export type { Ending, Outcome } from './tape/outcome.ts';
export { PlanError } from './tape/plan-error.ts';
export { formatPlayedCalls, type PlayedCall } from './tape/recording.ts';
export { TAPE_FILE } from './tape/tape.ts';
export type { TapeChild } from './tape/tape-child.ts';
export { TapeError } from './tape/tape-error.ts';
export { makeRaw } from './terminal-mode.ts';
export { setTimer } from './timers.ts';
export { setTimes, type Timespec } from './times.ts';
export { type ExitStatus, reap } from './wait.ts';
export { setWindowSize } from './window-size.ts';
export { getXattr, listXattrs, setXattr } from './xattrs.ts';
