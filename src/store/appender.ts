/**
 * Appends to a file behind the back of whoever consumes the same bytes: one write at a time, each with all that has come
 * during the one before. So a slow source is on disk at once, and a fast one goes there in large pieces. Since writes never
 * overtake each other, a process that is killed at any moment leaves a beginning of the bytes and never a hole.
 */
import type { FileHandle } from 'node:fs/promises';

/** How much may wait in memory before the source has to. */
const WAITING_BYTES = 1024 * 1024;
const WAITING_CHUNKS = 512;

export class Appender {
  readonly #handle: FileHandle;
  #position: number;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(handle: FileHandle, position: number) {
    this.#handle = handle;
    this.#position = position;
  }

  /** Takes the chunk itself. @returns undefined, or what to wait for before the next one @throws what a write failed with */
  append(chunk: Uint8Array): Promise<void> | undefined {
    // Past a failed write would be past a hole.
    this.#check();
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#writing === undefined) this.#startWrite();
    const full = this.#waitingBytes >= WAITING_BYTES || this.#waiting.length >= WAITING_CHUNKS;
    return full ? this.#writing?.then(() => this.#check()) : undefined;
  }

  /** Everything that was appended is in the file once this resolves. @throws what a write failed with */
  async flush(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    this.#check();
  }

  #startWrite(): void {
    const chunks = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#writing = this.#write(chunks).then(
      () => {
        this.#writing = undefined;
        if (this.#waiting.length > 0) this.#startWrite();
      },
      (error: unknown) => {
        this.#writing = undefined;
        this.#failure = { error };
      },
    );
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #write(chunks: Uint8Array[]): Promise<void> {
    let rest = chunks;
    while (rest.length > 0) {
      const { bytesWritten } = await this.#handle.writev(rest, this.#position);
      this.#position += bytesWritten;
      rest = after(rest, bytesWritten);
    }
  }
}

/** What is left of the buffers when so many of their bytes are written: writev(2) may write less than it was given. */
function after(buffers: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let skip = bytes;
  return buffers.flatMap((buffer) => {
    const rest = buffer.subarray(Math.min(skip, buffer.length));
    skip -= buffer.length - rest.length;
    return rest.length > 0 ? [rest] : [];
  });
}
