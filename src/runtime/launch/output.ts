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

/** Where what a container writes is kept besides. */
export interface Keeper {
  /** The bytes are good until it returns. */
  write(bytes: Uint8Array): void;
  end(): void;
}

/** The reading end of a pipe. Its descriptor is closed by whoever takes it: the stream, the copy, or the end. */
export class Output {
  readonly #fd: number;
  readonly #keeper: Keeper | undefined;
  /** What was read for the copy before it came to it. */
  readonly #early: Buffer[] = [];
  #stream: Readable | undefined;
  #taken: 'no' | 'stream' | 'copy' | 'rest' = 'no';
  #rest: Promise<Buffer> | undefined;
  #isClosed = false;

  constructor(fd: number, keeper?: Keeper) {
    this.#fd = fd;
    this.#keeper = keeper;
  }

  /** One, however often it is asked for; empty where the output is being copied. */
  get stream(): Readable {
    this.#stream ??= this.#taken === 'no' ? this.#openStream() : streamOf(this.#rest);
    return this.#stream;
  }

  /**
   * Unchanged, and no faster than `fd` takes it. Resolves at the end. Where nobody reads `fd` any more, the pipe is closed, so
   * that the container meets the SIGPIPE that it would meet without us.
   */
  async copyTo(fd: number): Promise<void> {
    if (this.#taken !== 'no') return copyStream(this.stream, fd);
    this.#taken = 'copy';
    try {
      for await (const chunk of this.#chunks()) if (!(await writeAll(fd, chunk))) return;
    } finally {
      this.#close();
    }
  }

  /**
   * To be called when the container has ended: what nobody has asked for is kept in memory, and the descriptor let go. Who
   * asks meanwhile gets it too. What a copy has not come to is read for it, so that the log is complete with the container's end.
   */
  async settle(): Promise<void> {
    if (this.#taken === 'copy' && this.#keeper !== undefined && !this.#isClosed) this.#readEarly();
    if (this.#taken !== 'no') return;
    this.#taken = 'rest';
    this.#rest = this.#readRest();
    await this.#rest;
  }

  async #readRest(): Promise<Buffer> {
    const rest: Buffer[] = [];
    let length = 0;
    try {
      for await (const chunk of this.#chunks()) {
        rest.push(Buffer.from(chunk));
        length += chunk.length;
        if (length > LARGEST_REST) break;
      }
    } finally {
      this.#close();
    }
    return Buffer.concat(rest);
  }

  #readEarly(): void {
    const buffer = Buffer.allocUnsafeSlow(CHUNK);
    for (let length = 0; length <= LARGEST_REST; ) {
      const chunk = this.#read(buffer);
      if (chunk === undefined || chunk.length === 0) return;
      this.#early.push(Buffer.from(chunk));
      length += chunk.length;
    }
  }

  /** To the end; each chunk is good until the next is asked for. */
  async *#chunks(): AsyncGenerator<Buffer> {
    const buffer = Buffer.allocUnsafeSlow(CHUNK);
    for (;;) {
      await readable(this.#fd);
      yield* this.#early.splice(0);
      const chunk = this.#read(buffer);
      if (chunk?.length === 0) return;
      if (chunk !== undefined) yield chunk;
    }
  }

  /** @returns undefined where there is nothing after all, nothing in it at the end */
  #read(buffer: Buffer): Buffer | undefined {
    const length = readSome(this.#fd, buffer);
    if (length === undefined) return undefined;
    const chunk = buffer.subarray(0, length);
    if (length > 0) this.#keeper?.write(chunk);
    return chunk;
  }

  #openStream(): Readable {
    this.#taken = 'stream';
    const { Socket } = process.getBuiltinModule('node:net');
    const keeper = this.#keeper;
    if (keeper === undefined) return new Socket({ fd: this.#fd, readable: true, writable: false });
    class KeptSocket extends Socket {
      override push(chunk: unknown, encoding?: BufferEncoding): boolean {
        if (chunk instanceof Uint8Array) keeper?.write(chunk);
        return super.push(chunk, encoding);
      }
    }
    return new KeptSocket({ fd: this.#fd, readable: true, writable: false }).once('close', () => keeper.end());
  }

  #close(): void {
    this.#isClosed = true;
    closeSync(this.#fd);
    this.#keeper?.end();
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
export async function writeAll(fd: number, bytes: Uint8Array): Promise<boolean> {
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
