/**
 * What a container writes, at gocker's end of the pipe: a stream for programs, or bytes handed from descriptor to descriptor,
 * for which none of Node's streams and network code has to be loaded.
 */
import { closeSync, readSync, write } from 'node:fs';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { readable } from '../../syscall/index.ts';

const CHUNK = 64 * 1024;
const writeBytes = promisify(write);

/** More than a pipe holds, pipe(7): what may be left in one when nobody writes any more. */
const LARGEST_REST = 1024 * 1024;

/** The reading end of a pipe. Its descriptor is closed by whoever takes it: the stream, the copy, or the end. */
export class Output {
  readonly #fd: number;
  #stream: Readable | undefined;
  #isTaken = false;
  #rest: Promise<Buffer> | undefined;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** One, however often it is asked for; empty where the output is being copied. */
  get stream(): Readable {
    this.#stream ??= this.#isTaken ? streamOf(this.#rest) : this.#openStream();
    return this.#stream;
  }

  /**
   * Unchanged, and no faster than `fd` takes it. Resolves at the end. Where nobody reads `fd` any more, the pipe is closed, so
   * that the container meets the SIGPIPE that it would meet without us.
   */
  async copyTo(fd: number): Promise<void> {
    if (this.#isTaken) return copyStream(this.stream, fd);
    this.#isTaken = true;
    try {
      for await (const chunk of chunksOf(this.#fd)) if (!(await writeAll(fd, chunk))) return;
    } finally {
      closeSync(this.#fd);
    }
  }

  /**
   * To be called when the container has ended: what nobody has asked for is kept in memory, and the descriptor let go. Who
   * asks meanwhile gets it too.
   */
  async settle(): Promise<void> {
    if (this.#isTaken) return;
    this.#isTaken = true;
    this.#rest = this.#readRest();
    await this.#rest;
  }

  async #readRest(): Promise<Buffer> {
    const rest: Buffer[] = [];
    let length = 0;
    try {
      for await (const chunk of chunksOf(this.#fd)) {
        rest.push(Buffer.from(chunk));
        length += chunk.length;
        if (length > LARGEST_REST) break;
      }
    } finally {
      closeSync(this.#fd);
    }
    return Buffer.concat(rest);
  }

  #openStream(): Readable {
    this.#isTaken = true;
    const { Socket } = process.getBuiltinModule('node:net');
    return new Socket({ fd: this.#fd, readable: true, writable: false });
  }
}

export function streamOf(bytes: Promise<Buffer> | undefined): Readable {
  const { Readable } = process.getBuiltinModule('node:stream');
  return Readable.from(chunksIn(bytes));
}

async function* chunksIn(bytes: Promise<Buffer> | undefined): AsyncGenerator<Buffer> {
  const chunk = await bytes;
  if (chunk !== undefined && chunk.length > 0) yield chunk;
}

export async function copyStream(source: Readable, fd: number): Promise<void> {
  for await (const chunk of source) {
    if (await writeAll(fd, chunk as Uint8Array)) continue;
    source.destroy();
    return;
  }
}

/** To the end; each chunk is good until the next is asked for. */
async function* chunksOf(fd: number): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(CHUNK);
  for (;;) {
    await readable(fd);
    const length = readSome(fd, buffer);
    if (length === 0) return;
    if (length !== undefined) yield buffer.subarray(0, length);
  }
}

/** @returns undefined where there is nothing after all */
function readSome(fd: number, buffer: Buffer): number | undefined {
  try {
    return readSync(fd, buffer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}

/** On a thread, so that a reader who does not read stops the container and not us. @returns false where nobody reads any more */
async function writeAll(fd: number, bytes: Uint8Array): Promise<boolean> {
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
