/**
 * Reads a file of a running container, as its processes see it. The container may change it at any moment and is not to be trusted:
 * links are resolved inside it, nothing but a regular file is opened, and no more is read than was asked for.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { GockerError } from '../../errors/index.ts';
import { openInRoot, SyscallError } from '../../syscall/index.ts';
import { isRunning, type ProcessIdentity } from './process-identity.ts';

/** What says that there is no such file. */
const absent = ['ENOENT', 'ENOTDIR', 'ELOOP'];

/**
 * @param container its first process
 * @param path from its root
 * @param maxBytes a longer file is an error
 * @returns undefined where there is no such file, or something else of that name
 * @throws GockerError `CONTAINER_NOT_RUNNING`, `FILE_TOO_LARGE`
 */
export function readContainerFile(container: ProcessIdentity, path: string, maxBytes: number): Buffer | undefined {
  const root = openRoot(container);
  let named: number | undefined;
  let opened: number | undefined;
  try {
    named = openInRoot(root, path);
    if (!fstatSync(named).isFile()) return undefined;
    opened = openSync(`/proc/self/fd/${named}`, constants.O_RDONLY);
    return readAll(opened, path, maxBytes);
  } catch (error) {
    if (error instanceof SyscallError && absent.includes(error.errnoName)) return undefined;
    throw error;
  } finally {
    for (const fd of [opened, named, root]) if (fd !== undefined) closeSync(fd);
  }
}

function openRoot(container: ProcessIdentity): number {
  let root: number | undefined;
  try {
    root = openSync(`/proc/${container.pid}/root`, constants.O_DIRECTORY | constants.O_RDONLY);
    if (isRunning(container)) return root;
  } catch {
    // It has ended, and so has its /proc.
  }
  if (root !== undefined) closeSync(root);
  throw new GockerError('CONTAINER_NOT_RUNNING', 'cannot read a file of the container: it has ended');
}

/** Up to where it ends by now. */
function readAll(fd: number, path: string, maxBytes: number): Buffer {
  const { size } = fstatSync(fd);
  if (size > maxBytes) {
    const message = `cannot read "${path}" of the container: ${size} bytes (expected at most ${maxBytes})`;
    throw new GockerError('FILE_TOO_LARGE', message);
  }
  const bytes = Buffer.alloc(size);
  let length = 0;
  for (let read = -1; read !== 0 && length < bytes.length; length += read) {
    read = readSync(fd, bytes, length, bytes.length - length, length);
  }
  return bytes.subarray(0, length);
}
