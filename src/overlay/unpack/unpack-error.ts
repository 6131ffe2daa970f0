/** Failed system calls of unpacking, told by what they mean for a layer. */
import { statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import { SyscallError } from '../../syscall/index.ts';
import { type ByteString, shown } from '../tar/byte-string.ts';
import type { TarEntry } from '../tar/tar-entry.ts';

/**
 * @param root tree of the layer, which says what filesystem is full
 * @param entry what was being unpacked; undefined when the last steps failed
 */
export function unpackError(error: unknown, root: ByteString, entry: TarEntry | undefined): unknown {
  if (error instanceof GockerError && !(error instanceof SyscallError)) return error;
  if (!(error instanceof Error && 'code' in error)) return error;
  const what = entry === undefined ? 'layer' : shown(entry.name);
  const call =
    error instanceof SyscallError ? error.message : `${'syscall' in error ? error.syscall : 'call'} = ${error.code}`;
  if (error instanceof SyscallError && error.syscall === 'mknod' && error.code === 'EPERM')
    return deviceDenied(what, error);
  const isAttribute = error instanceof SyscallError && error.syscall === 'lsetxattr';
  if (!isAttribute && (error.code === 'ENOSPC' || error.code === 'EDQUOT'))
    return noSpace(error, root, { what, entry });
  const hint =
    error.code === 'EPERM' && process.getuid?.() !== 0
      ? 'Pull the image as root: its files belong to several users, and nobody else may give files away.'
      : undefined;
  return new GockerError('LAYER_UNPACK_FAILED', `cannot unpack ${what}: ${call} (expected the filesystem to take it)`, {
    hint,
    cause: error,
  });
}

function deviceDenied(what: string, cause: Error): GockerError {
  return new GockerError('DEVICE_DENIED', `cannot unpack ${what}: ${cause.message} (expected to be root)`, {
    hint: 'Pull the image as root: it contains device nodes, which nobody else may make.',
    cause,
  });
}

interface Unplaced {
  readonly what: string;
  readonly entry: TarEntry | undefined;
}

function noSpace(cause: Error, root: ByteString, { what, entry }: Unplaced): GockerError {
  const path = Buffer.from(root, 'latin1').toString();
  const { bavail, bsize, ffree, files } = statfsSync(path);
  const left = files > 0 && ffree === 0 ? 'no inode' : `${bavail * bsize} bytes`;
  const need = entry === undefined || entry.size === 0 ? 'a block and an inode' : `${entry.size} bytes for this entry`;
  return new GockerError(
    'DISK_FULL',
    `cannot unpack ${what}: ${left} left on "${mountPoint(path)}" (expected ${need}, and room for those after it)`,
    { hint: 'Free some space there, or keep the store elsewhere with --root.', cause },
  );
}

/** The uppermost directory of the filesystem that holds a path. */
function mountPoint(path: string): string {
  const parent = dirname(path);
  return parent === path || statSync(parent).dev !== statSync(path).dev ? path : mountPoint(parent);
}
