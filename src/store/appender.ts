/**
 * Appends to a file in large writes, one at a time, behind the back of whoever consumes the same bytes. Since writes never
 * overtake each other, a process that is killed at any moment leaves a beginning of the bytes and never a hole.
 */
import type { FileHandle } from 'node:fs/promises';

const BATCH_BYTES = 1024 * 1024;
const BATCH_CHUNKS = 512;

export class Appender {
  readonly #handle: FileHandle;
  #position: number;
  #batch: Uint8Array[] = [];
  #batchBytes = 0;
  #writing: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  constructor(handle: FileHandle, position: number) {
    this.#handle = handle;
    this.#position = position;
  }

  /** Resolves at once while less than two batches are in memory. @returns undefined where there is nothing to wait for */
  append(chunk: Uint8Array): Promise<void> | undefined {
    this.#batch.push(chunk);
    this.#batchBytes += chunk.length;
    if (this.#batchBytes < BATCH_BYTES && this.#batch.length < BATCH_CHUNKS) return undefined;
    return this.#startWrite();
  }

  /** Everything that was appended is in the file once this resolves. @throws what a write failed with */
  async flush(): Promise<void> {
    if (this.#batch.length > 0) await this.#startWrite();
    await this.#writing;
    this.#check();
  }

  async #startWrite(): Promise<void> {
    await this.#writing;
    this.#check();
    const batch = this.#batch;
    this.#batch = [];
    this.#batchBytes = 0;
    this.#writing = this.#write(batch).catch((error: unknown) => {
      this.#failure = { error };
    });
  }

  async #write(batch: Uint8Array[]): Promise<void> {
    let rest = batch;
    while (rest.length > 0) {
      const { bytesWritten } = await this.#handle.writev(rest, this.#position);
      this.#position += bytesWritten;
      rest = after(rest, bytesWritten);
    }
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
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
