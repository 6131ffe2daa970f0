/** Processes by descriptor: pidfd_open(2), pidfd_send_signal(2). A pid may be somebody else's by the time it is used; these can't. */
import { errnoNumber } from './errno.ts';
import { LibcFunction } from './libc.ts';
import { SyscallError } from './syscall-error.ts';
import { syscallNumber, thisArchitecture } from './syscall-numbers.ts';

// By syscall(2), as the man pages have it: glibc got wrappers with 2.36 only.
const open = new LibcFunction('int syscall(long number, pid_t pid, unsigned int flags)');
const getfd = new LibcFunction('int syscall(long number, int pidfd, int targetfd, unsigned int flags)');
const sendSignal = new LibcFunction(
  'int syscall(long number, int pidfd, int sig, siginfo_t *info, unsigned int flags)',
);

/**
 * A close-on-exec descriptor for a process; readable once the process has ended. The caller closes it.
 *
 * @throws SyscallError ESRCH where there is no such process
 */
export function pidfdOpen(pid: number): number {
  const number = syscallNumber('pidfd_open', thisArchitecture());
  return open.call(() => `pidfd_open(${pid}, 0)`, number, pid, 0);
}

/**
 * A copy of another process's descriptor, close-on-exec: both stand for the same open file. The caller closes it.
 *
 * @throws SyscallError EBADF where it has no such descriptor, EPERM where it may not be traced by us, ESRCH where it has ended
 */
export function pidfdGetfd(pidfd: number, fd: number): number {
  const number = syscallNumber('pidfd_getfd', thisArchitecture());
  return getfd.call(() => `pidfd_getfd(${pidfd}, ${fd}, 0)`, number, pidfd, fd, 0);
}

/**
 * @returns false where the process has ended
 * @throws SyscallError
 */
export function pidfdSendSignal(pidfd: number, signal: number): boolean {
  const number = syscallNumber('pidfd_send_signal', thisArchitecture());
  const result = sendSignal.raw(number, pidfd, signal, null, 0);
  if (result === -errnoNumber('ESRCH')) return false;
  if (result < 0) {
    throw new SyscallError('pidfd_send_signal', -result, `pidfd_send_signal(${pidfd}, ${signal}, NULL, 0)`);
  }
  return true;
}
