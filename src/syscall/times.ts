/** utimensat(2): access and modification times to the nanosecond, which Node's floating-point seconds cannot carry. */
import { LibcFunction } from './libc.ts';

const utimensat = new LibcFunction('int utimensat(int dirfd, const char *pathname, const void *times, int flags)');
const futimens = new LibcFunction('int futimens(int fd, const void *times)');

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;

/** A `struct timespec`. */
export interface Timespec {
  /** Since 1970; negative before it. */
  readonly seconds: number;
  /** 0 … 999999999, always counted forwards. */
  readonly nanoseconds: number;
}

/**
 * Sets both times of a file, a symbolic link itself included.
 *
 * @param file an open descriptor, or a path
 * @throws SyscallError
 */
export function setTimes(file: number | string | Uint8Array, time: Timespec): void {
  const times = timespecs(time);
  const { seconds, nanoseconds } = time;
  if (typeof file === 'number') {
    futimens.call(() => `futimens(${file}, {${seconds}, ${nanoseconds}})`, file, times);
    return;
  }
  const path = typeof file === 'string' ? file : Buffer.concat([file, Buffer.alloc(1)]);
  utimensat.call(
    () =>
      `utimensat(AT_FDCWD, ${JSON.stringify(Buffer.from(file).toString())}, {${seconds}, ${nanoseconds}}, AT_SYMLINK_NOFOLLOW)`,
    AT_FDCWD,
    path,
    times,
    AT_SYMLINK_NOFOLLOW,
  );
}

// Reused: the call is synchronous, and a pull sets times a hundred thousand times.
const both = Buffer.alloc(32);

/** {atime, mtime}, each two 64-bit words on x86-64 and arm64. */
function timespecs({ seconds, nanoseconds }: Timespec): Buffer {
  const whole = BigInt(seconds);
  both.writeBigInt64LE(whole, 0);
  both.writeUInt32LE(nanoseconds, 8);
  both.writeBigInt64LE(whole, 16);
  both.writeUInt32LE(nanoseconds, 24);
  return both;
}
