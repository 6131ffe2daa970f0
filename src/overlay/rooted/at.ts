/**
 * Files by the descriptor of their directory, as the *at calls have them: `/proc/self/fd/N/name`, proc_pid_fd(5). No component
 * before the name can be swapped for a link, since none is walked again; whether the name itself is followed is up to the call.
 */
import { type BigIntStats, closeSync, constants, fstatSync, openSync } from 'node:fs';
import { O } from '../../syscall/index.ts';
import { type ByteString, byteStringOf, pathOf } from '../tar/byte-string.ts';

/** @param name one component, neither "." nor ".."; left out for the directory itself */
export function at(directory: number, name = '.' as ByteString): string | Buffer {
  return pathOf(`/proc/self/fd/${directory}/${name}` as ByteString);
}

/** What an O_PATH descriptor stands for, to calls that follow links: the very file, whatever became of its names. */
export function itself(fd: number): string {
  return `/proc/self/fd/${fd}`;
}

/** A file that is held without being opened: no FIFO waits, no device hears of it. */
export interface HeldFile {
  /** O_PATH; the holder's to close. */
  readonly fd: number;
  readonly stats: BigIntStats;
}

/** What stands there, a symbolic link itself; undefined for nothing. */
export function hold(directory: number, name: ByteString): HeldFile | undefined {
  return holdPath(at(directory, name));
}

/** @throws Error of open(2): ENOTDIR, ELOOP, EACCES … */
export function holdPath(path: string | Buffer): HeldFile | undefined {
  let fd: number;
  try {
    fd = openSync(path, O.O_PATH | constants.O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return { fd, stats: fstatSync(fd, { bigint: true }) };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** One more descriptor of a directory. */
export function holdAgain(directory: number): number {
  return openSync(at(directory), O.O_PATH | constants.O_DIRECTORY);
}

export function bytesOf(path: string | Buffer): ByteString {
  return typeof path === 'string' ? byteStringOf(path) : (path.toString('latin1') as ByteString);
}
