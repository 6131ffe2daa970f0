/** Bytes of archives to standard output or into a file: as they come, and never faster than they are taken. */
import { closeSync, constants, openSync, renameSync, rmSync, write } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { GockerError } from '../errors/index.ts';
import { OutputClosed } from './sink.ts';

const writeSome = promisify(write);

/** @throws OutputClosed where the reader of a pipe is gone */
export async function writeBytes(fd: number, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) {
    for (let offset = 0; offset < chunk.length; ) offset += await writePart(fd, chunk.subarray(offset));
  }
}

async function writePart(fd: number, bytes: Uint8Array): Promise<number> {
  try {
    const { bytesWritten } = await writeSome(fd, bytes);
    return bytesWritten;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EPIPE') throw new OutputClosed();
    // Somebody made the pipe that we share with them non-blocking.
    if (code !== 'EAGAIN') throw error;
    await setTimeout(1);
    return 0;
  }
}

/**
 * Into a file that appears when it is whole. What is there and is no regular file, a FIFO or a device, is written to.
 *
 * @throws GockerError `OUTPUT_INVALID` in docker's words
 */
export async function writeFileOfBytes(
  path: string,
  { isPlain }: { readonly isPlain: boolean },
  fill: (fd: number) => Promise<void>,
): Promise<void> {
  const temporary = isPlain ? join(dirname(path), `.${basename(path)}.${process.pid}`) : path;
  const flags = constants.O_WRONLY | (isPlain ? constants.O_CREAT | constants.O_EXCL : 0);
  let fd: number;
  try {
    fd = openSync(temporary, flags, 0o600);
  } catch (error) {
    throw invalidOutput(path, error);
  }
  try {
    await fill(fd).finally(() => closeSync(fd));
    if (isPlain) renameSync(temporary, path);
  } catch (error) {
    if (isPlain) rmSync(temporary, { force: true });
    throw error;
  }
}

function invalidOutput(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EISDIR') return error;
  const what = code === 'EISDIR' ? 'it is a directory' : `directory "${dirname(path)}" does not exist`;
  return new GockerError('OUTPUT_INVALID', `cannot write "${path}": invalid output path: ${what}`, {
    cause: error,
    hint: 'Name a file in a directory that is there.',
  });
}
