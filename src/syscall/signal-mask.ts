/** The calling thread's signal mask, pthread_sigmask(3). */
import { SIG_HOW } from './constants/process.ts';
import { LibcFunction } from './libc.ts';
import { SyscallError } from './syscall-error.ts';

/** glibc's sigset_t; musl's is as big, and the kernel looks at 8 bytes of either. */
const SIGSET_SIZE = 128;

const pthreadSigmask = new LibcFunction('int pthread_sigmask(int how, const sigset_t *set, sigset_t *oldset)');

/** Runs `act` with every signal blocked, and puts the mask back whatever happens. @throws SyscallError */
export function withSignalsBlocked<T>(act: () => T): T {
  const before = new Uint8Array(SIGSET_SIZE);
  setMask(new Uint8Array(SIGSET_SIZE).fill(0xff), before);
  try {
    return act();
  } finally {
    setMask(before, null);
  }
}

/** Unlike most of libc it returns its error instead of leaving it in errno. */
function setMask(mask: Uint8Array, before: Uint8Array | null): void {
  const errno = pthreadSigmask.raw(SIG_HOW.SIG_SETMASK, mask, before);
  if (errno > 0) throw new SyscallError('pthread_sigmask', errno, 'pthread_sigmask(SIG_SETMASK, […])');
}
