/** The last bytes of a stream, by their offset in it: what is kept of an input while nobody has said to have taken it. */
export class ByteWindow {
  #chunks: Buffer[] = [];
  #start = 0;
  #end = 0;

  /** Offset of the first byte that is kept. */
  get start(): number {
    return this.#start;
  }

  /** Offset after the last byte. */
  get end(): number {
    return this.#end;
  }

  /** The chunk is kept as it is, not copied: it must not change. */
  push(chunk: Buffer): void {
    // The start lies beyond the end while the content of a file goes by.
    const unwanted = Math.max(0, this.#start - this.#end);
    this.#end += chunk.length;
    if (unwanted < chunk.length) this.#chunks.push(unwanted === 0 ? chunk : chunk.subarray(unwanted));
  }

  /** Forgets what stands before an offset, which may still be to come. */
  dropBefore(offset: number): void {
    let excess = Math.min(offset, this.#end) - Math.min(this.#start, this.#end);
    this.#start = offset;
    while (excess > 0) {
      const [first] = this.#chunks;
      if (first === undefined) return;
      if (first.length <= excess) this.#chunks.shift();
      else this.#chunks[0] = first.subarray(excess);
      excess -= first.length;
    }
  }

  /** The first bytes that are kept; fewer where there are no more. Copied only where they lie in several chunks. */
  peek(length: number): Buffer {
    const [first] = this.#chunks;
    if (first === undefined) return Buffer.alloc(0);
    if (first.length >= length) return first.subarray(0, length);
    const parts: Buffer[] = [];
    let missing = length;
    for (const chunk of this.#chunks) {
      if (missing <= 0) break;
      parts.push(chunk.subarray(0, missing));
      missing -= chunk.length;
    }
    return Buffer.concat(parts);
  }
}
