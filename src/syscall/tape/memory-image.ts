/**
 * Memory that is made before its address is known: bytes, and the places in them that hold pointers into them. Words are
 * written as two halves, since BigInts for a few thousand of them would take as long as the clone.
 */
const TWO_32 = 2 ** 32;
const encoder = new TextEncoder();

export class MemoryImage {
  #bytes = new Uint8Array(65_536);
  #view = new DataView(this.#bytes.buffer);
  #used = 0;
  readonly #pointers: number[] = [];

  /** Room for `size` bytes of zeros, aligned to 8: its offset. */
  reserve(size: number): number {
    const offset = this.#used;
    this.#used += (size + 7) & ~7;
    if (this.#used > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#used, 2 * this.#bytes.length));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return offset;
  }

  /** A copy of `bytes`: its offset. */
  place(bytes: Uint8Array): number {
    const offset = this.reserve(bytes.length);
    this.#bytes.set(bytes, offset);
    return offset;
  }

  /** `text` with a NUL behind it: its offset. */
  text(text: string): number {
    const bytes = encoder.encode(text);
    const offset = this.reserve(bytes.length + 1);
    this.#bytes.set(bytes, offset);
    return offset;
  }

  /** Writes 64 bits, two's complement. */
  word(offset: number, value: number | bigint): void {
    if (typeof value === 'bigint') this.#view.setBigUint64(offset, BigInt.asUintN(64, value), true);
    else writeWord(this.#view, offset, value);
  }

  /** Writes 32 bits, two's complement. */
  half(offset: number, value: number): void {
    this.#view.setInt32(offset, value, true);
  }

  /** Writes the address that the byte at `to` will have. */
  pointer(offset: number, to: number): void {
    this.word(offset, to);
    this.#pointers.push(offset);
  }

  get size(): number {
    return this.#used;
  }

  /** The bytes as they are to lie at `address`. */
  at(address: bigint): Uint8Array {
    const bytes = this.#bytes.slice(0, this.#used);
    const view = new DataView(bytes.buffer);
    // Addresses of a process have 47 bits, 56 at the most; a number holds 53 exactly.
    const base = Number(address);
    for (const offset of this.#pointers) writeWord(view, offset, view.getUint32(offset, true) + base);
    return bytes;
  }
}

/** @param value a whole number below 2⁵³, negative ones too */
function writeWord(view: DataView, offset: number, value: number): void {
  const high = Math.floor(value / TWO_32);
  view.setUint32(offset, value - high * TWO_32, true);
  view.setInt32(offset + 4, high, true);
}
