export { errnoName, errnoNumber } from './errno.ts';
export { type Argument, constant, type Field, type KernelCall } from './kernel-call.ts';
export { tryLock, unlock } from './locks.ts';
export { SyscallError } from './syscall-error.ts';
