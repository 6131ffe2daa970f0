/** openat2(2) with RESOLVE_IN_ROOT: a path as somebody sees it whose root is that directory. */
import { O, RESOLVE } from './constants/file.ts';
import { LibcFunction } from './libc.ts';
import { syscallNumber, thisArchitecture } from './syscall-numbers.ts';

// By syscall(2): glibc has no wrapper.
const openat2 = new LibcFunction('int syscall(long number, int dirfd, const char *pathname, void *how, size_t size)');

/**
 * A descriptor that does nothing but name what is there (O_PATH), so that no FIFO holds us up and no device is opened; close-on-exec. No
 * symbolic link and no `..` leads out of the directory, and the links of /proc lead nowhere. The caller closes it.
 *
 * @throws SyscallError ENOENT, ENOTDIR, ELOOP …
 */
export function openInRoot(directory: number, path: string): number {
  const how = Buffer.alloc(24);
  how.writeBigUInt64LE(BigInt(O.O_PATH | O.O_CLOEXEC), 0);
  how.writeBigUInt64LE(BigInt(RESOLVE.RESOLVE_IN_ROOT | RESOLVE.RESOLVE_NO_MAGICLINKS), 16);
  const number = syscallNumber('openat2', thisArchitecture());
  const printed = () =>
    `openat2(${directory}, ${JSON.stringify(path)}, {flags=O_PATH|O_CLOEXEC, resolve=RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS}, ${how.length})`;
  return openat2.call(printed, number, directory, path, how, how.length);
}
