/** xattr(7): extended attributes by path, symbolic links never followed; set by descriptor, too. Paths may be bytes: names need not be UTF-8. */
import { errnoNumber } from './errno.ts';
import { LibcFunction } from './libc.ts';
import { SyscallError } from './syscall-error.ts';

const lsetxattr = new LibcFunction(
  'int lsetxattr(const char *path, const char *name, const void *value, size_t size, int flags)',
);
const fsetxattr = new LibcFunction(
  'int fsetxattr(int fd, const char *name, const void *value, size_t size, int flags)',
);
const lgetxattr = new LibcFunction('long lgetxattr(const char *path, const char *name, void *value, size_t size)');
const llistxattr = new LibcFunction('long llistxattr(const char *path, char *list, size_t size)');

/** XATTR_SIZE_MAX and XATTR_LIST_MAX: no value and no list of names is longer, xattr(7). */
const LONGEST = 65536;

// One for all calls: they are synchronous, and what they leave in it is copied before they return.
const scratch = Buffer.allocUnsafeSlow(LONGEST);

/**
 * @param file an open descriptor, or a path
 * @throws SyscallError: ENOTSUP, where the filesystem has no such attributes; EPERM; ENOSPC, where the value is too long
 */
export function setXattr(file: number | string | Uint8Array, name: string, value: Uint8Array): void {
  if (typeof file === 'number') {
    const print = () => `fsetxattr(${file}, "${name}", …, ${value.length}, 0)`;
    fsetxattr.call(print, file, name, value, value.length, 0);
    return;
  }
  lsetxattr.call(
    () => `lsetxattr(${show(file)}, "${name}", …, ${value.length}, 0)`,
    terminated(file),
    name,
    value,
    value.length,
    0,
  );
}

/**
 * @returns undefined where the file has no attribute of that name
 * @throws SyscallError
 */
export function getXattr(path: string | Uint8Array, name: string): Buffer | undefined {
  const length = lgetxattr.raw(terminated(path), name, scratch, LONGEST);
  if (length === -errnoNumber('ENODATA') || length === -errnoNumber('EOPNOTSUPP')) return undefined;
  if (length < 0) throw new SyscallError('lgetxattr', -length, `lgetxattr(${show(path)}, "${name}", NULL, ${LONGEST})`);
  return Buffer.from(scratch.subarray(0, length));
}

/**
 * The names of all attributes; none where the filesystem has no attributes.
 *
 * @throws SyscallError
 */
export function listXattrs(path: string | Uint8Array): string[] {
  const length = llistxattr.raw(terminated(path), scratch, LONGEST);
  if (length === -errnoNumber('EOPNOTSUPP')) return [];
  if (length < 0) throw new SyscallError('llistxattr', -length, `llistxattr(${show(path)}, NULL, ${LONGEST})`);
  return scratch
    .toString('latin1', 0, length)
    .split('\0')
    .filter((name) => name !== '');
}

function terminated(path: string | Uint8Array): string | Uint8Array {
  return typeof path === 'string' ? path : Buffer.concat([path, Buffer.alloc(1)]);
}

function show(path: string | Uint8Array): string {
  return JSON.stringify(typeof path === 'string' ? path : Buffer.from(path).toString());
}
