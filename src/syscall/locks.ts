/** flock(2): whole-file advisory locks that die with the last descriptor of their holder, so that none outlives a crash. */
import { errnoNumber } from './errno.ts';
import { LibcFunction } from './libc.ts';
import { SyscallError } from './syscall-error.ts';

const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;
const LOCK_UN = 8;

const flock = new LibcFunction('int flock(int fd, int operation)');

/**
 * Takes the lock if it is free. Never waits: a wait would hold the whole event loop.
 *
 * @returns false where somebody else holds it
 * @throws SyscallError
 */
export function tryLock(fd: number, mode: 'shared' | 'exclusive'): boolean {
  const operation = (mode === 'shared' ? LOCK_SH : LOCK_EX) | LOCK_NB;
  const result = flock.raw(fd, operation);
  if (result === -errnoNumber('EAGAIN')) return false;
  if (result < 0)
    throw new SyscallError('flock', -result, `flock(${fd}, LOCK_${mode === 'shared' ? 'SH' : 'EX'}|LOCK_NB)`);
  return true;
}

/** @throws SyscallError */
export function unlock(fd: number): void {
  flock.call(() => `flock(${fd}, LOCK_UN)`, fd, LOCK_UN);
}
