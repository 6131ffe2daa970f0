/** timerfd_settime(2): timers that are descriptors, and that several processes may hold. */
import { LibcFunction } from './libc.ts';

const timerfdSettime = new LibcFunction(
  'int timerfd_settime(int fd, int flags, const void *new_value, void *old_value)',
);

/**
 * From now on.
 *
 * @param first milliseconds; at least a nanosecond, since 0 would disarm it
 * @param again milliseconds between the times after the first; 0 for none
 * @throws SyscallError
 */
export function setTimer(fd: number, first: number, again = 0): void {
  // struct itimerspec: interval and value, each of two 64-bit words on x86-64 and arm64.
  const times = Buffer.alloc(32);
  writeTime(times, 0, again * 1e6);
  writeTime(times, 16, Math.max(first * 1e6, 1));
  timerfdSettime.call(() => `timerfd_settime(${fd}, 0, {${again} ms, ${first} ms}, NULL)`, fd, 0, times, null);
}

function writeTime(into: Buffer, offset: number, nanoseconds: number): void {
  into.writeBigInt64LE(BigInt(Math.floor(nanoseconds / 1e9)), offset);
  into.writeBigInt64LE(BigInt(Math.round(nanoseconds % 1e9)), offset + 8);
}
