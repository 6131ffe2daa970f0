/** Bytes between the container and our own descriptors: unchanged, and no faster than the reader takes them. */
import { write } from 'node:fs';
import { promisify } from 'node:util';
import type { Container } from '../../engine/index.ts';

const writeBytes = promisify(write);

/**
 * Gives out what the container writes, until it closes its end. Writes on a thread, so that a reader who does not read
 * (`| less`) stops the container and not our signal handling.
 *
 * When our reader is gone (`| head`), the container's pipe is closed: it meets the same SIGPIPE as without us.
 */
export async function copyOutput(source: NodeJS.ReadableStream & { destroy(): unknown }, fd: 1 | 2): Promise<void> {
  for await (const chunk of source) {
    if (await writeAll(fd, Buffer.from(chunk as Uint8Array))) continue;
    source.destroy();
    return;
  }
}

/** @returns false where nobody reads any more */
async function writeAll(fd: number, bytes: Buffer): Promise<boolean> {
  let rest = bytes;
  while (rest.length > 0) {
    try {
      rest = rest.subarray((await writeBytes(fd, rest)).bytesWritten);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') return false;
      // Somebody made the pipe that we share with them non-blocking.
      if (code !== 'EAGAIN') throw error;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
  return true;
}

/** Our standard input to the container's, end of file included. @returns what stops it */
export function copyInput(container: Container): () => void {
  const target = container.stdin;
  if (target === undefined) return () => {};
  const source = process.stdin;
  // A container that ends, or closes its input, before ours ends is nothing unusual.
  target.on('error', () => source.unpipe(target));
  source.pipe(target);
  return () => {
    source.unpipe(target);
    source.pause();
  };
}
