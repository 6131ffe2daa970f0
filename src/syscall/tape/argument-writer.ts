/** Writes arguments into the tape's memory: numbers as they are, everything else as a pointer or as a place for a result. */
import type { Argument, Field } from '../kernel-call.ts';
import type { MemoryImage } from './memory-image.ts';
import { PlanError } from './plan-error.ts';

/** The places that an entry's result is to be copied to, by width. */
export interface Wanted {
  readonly copies64: number[];
  readonly copies32: number[];
}

type Memory = Extract<Argument, { kind: 'strings' | 'buffer' }>;

/** Bytes of a field. */
const WIDTHS = { pointer: 8, result: 4, 'long result': 8, tape: 16 } as const;

export class ArgumentWriter {
  readonly #image: MemoryImage;
  /** What a name stands for at this point of the tape: a number, or the result of the entry at an offset. */
  readonly #names = new Map<string, { readonly number: number } | Wanted>();
  /** Vectors and buffers that have their place already: one object is one place. */
  readonly #placed = new Map<object, number>();
  /** Places that want the tape's length, which is not known before all else is. */
  readonly #lengths: number[] = [];

  constructor(image: MemoryImage, given: Readonly<Record<string, number>>) {
    this.#image = image;
    for (const [name, number] of Object.entries(given)) this.#names.set(name, { number });
  }

  /** From here on, `name` is the result of a new entry, whose wanted places are collected in what is returned. */
  define(name: string | undefined): Wanted {
    const wanted: Wanted = { copies64: [], copies32: [] };
    if (name !== undefined) this.#names.set(name, wanted);
    return wanted;
  }

  /** Writes 64 bits at `offset`. @throws PlanError */
  write(offset: number, argument: Argument): void {
    if (argument === null) return;
    if (typeof argument === 'string') this.#image.pointer(offset, this.#text(argument));
    else if (typeof argument !== 'object') this.#number(offset, argument);
    else if (argument.kind === 'constant') this.#number(offset, argument.value);
    else if (argument.kind === 'result') this.#result(offset, argument.of, 'copies64');
    else this.#image.pointer(offset, this.place(argument));
  }

  /** Where a vector or a buffer lies. */
  place(argument: Memory): number {
    const placed =
      this.#placed.get(argument) ??
      (argument.kind === 'buffer' ? this.#buffer(argument) : this.#vector(argument.values));
    this.#placed.set(argument, placed);
    return placed;
  }

  /** To be called when nothing more is to be placed. */
  finish(): void {
    for (const offset of this.#lengths) this.#image.word(offset, this.#image.size);
  }

  #buffer({ bytes, fields = [] }: Extract<Memory, { kind: 'buffer' }>): number {
    const offset = this.#image.place(bytes);
    for (const field of fields) this.#field(offset, field, bytes.length);
    return offset;
  }

  #vector(values: readonly string[]): number {
    const vector = this.#image.reserve(8 * (values.length + 1));
    values.forEach((value, index) => {
      this.#image.pointer(vector + 8 * index, this.#text(value));
    });
    return vector;
  }

  #field(buffer: number, field: Field, length: number): void {
    const width = WIDTHS[field.kind];
    if (field.offset < 0 || field.offset + width > length) {
      throw new PlanError(
        'a buffer',
        `its field at ${field.offset} reaches past its ${length} bytes`,
        'a field within',
      );
    }
    const place = buffer + field.offset;
    if (field.kind === 'pointer') this.write(place, field.to);
    else if (field.kind === 'result') this.#result(place, field.of, 'copies32');
    else if (field.kind === 'long result') this.#result(place, field.of, 'copies64');
    else {
      this.#image.pointer(place, 0);
      this.#lengths.push(place + 8);
    }
  }

  #result(offset: number, name: string, width: keyof Wanted): void {
    const meaning = this.#names.get(name);
    if (meaning === undefined) {
      throw new PlanError(`<${name}>`, 'no earlier entry has a result of that name', 'a use after its definition');
    }
    if (!('number' in meaning)) meaning[width].push(offset);
    else if (width === 'copies64') this.#image.word(offset, meaning.number);
    else this.#image.half(offset, meaning.number);
  }

  #number(offset: number, value: number | bigint): void {
    if (typeof value === 'number' && !Number.isSafeInteger(value)) {
      throw new PlanError(`the number ${value}`, 'it is no whole number below 2⁵³', 'an integer, or a bigint');
    }
    this.#image.word(offset, value);
  }

  /** A NUL would end the text early, and the kernel would act on another name than the one that was checked. */
  #text(text: string): number {
    if (text.includes('\0')) throw new PlanError(JSON.stringify(text), 'it has a NUL inside', 'text without NUL');
    return this.#image.text(text);
  }
}
