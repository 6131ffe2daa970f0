/** Fills the tape's entries, one after the other. */
import { CLONE_ARGS, type CloneCall } from '../clone-call.ts';
import { errnoNumber } from '../errno.ts';
import type { KernelCall } from '../kernel-call.ts';
import { type Architecture, syscallNumber } from '../syscall-numbers.ts';
import { ArgumentWriter, type Wanted } from './argument-writer.ts';
import type { LayoutOptions } from './layout.ts';
import { ENTRY, TAPE } from './memory-format.ts';
import type { MemoryImage } from './memory-image.ts';
import { PlanError } from './plan-error.ts';

const CLOCK_MONOTONIC = 1;
const MAX_ARGUMENTS = 6;
/** No result is less. */
const ANY_RESULT = -(2n ** 63n);

interface Lists {
  readonly entry: number;
  readonly allowed: readonly number[];
  readonly wanted: Wanted;
}

export class EntryWriter {
  readonly #image: MemoryImage;
  readonly #architecture: Architecture;
  readonly #arguments: ArgumentWriter;
  readonly #lists: Lists[] = [];
  #next: number;

  constructor(image: MemoryImage, first: number, options: LayoutOptions) {
    this.#image = image;
    this.#next = first;
    this.#architecture = options.architecture;
    this.#arguments = new ArgumentWriter(image, options.given ?? {});
  }

  /** The arguments of the clone that begins the tape, and the place for its pidfd. */
  clone({ args: [structure] }: CloneCall): void {
    const args = this.#arguments.place(structure);
    this.#image.pointer(TAPE.cloneArgs, args);
    this.#image.pointer(args + CLONE_ARGS.pidfd, TAPE.pidfd);
  }

  /** The offset of the call's entry. @throws PlanError, GockerError UNKNOWN_SYSCALL */
  call(call: KernelCall): number {
    const { allow = [] } = call;
    const errnos = allow === 'any' ? [] : allow.map((name) => errnoNumber(name));
    const atLeast = allow === 'any' ? ANY_RESULT : (call.atLeast ?? 0);
    return this.#entry(call, atLeast, errnos);
  }

  /** An entry that reads the clock: the offset of its `struct timespec`. */
  clock(): number {
    const time = this.#image.reserve(16);
    // A seccomp filter of the tape's own may forbid it: then there is no time, but the container runs.
    const entry = this.#entry({ call: 'clock_gettime', args: [CLOCK_MONOTONIC], why: 'time' }, ANY_RESULT, []);
    this.#image.pointer(entry + ENTRY.args + 8, time);
    return time;
  }

  /** The lists, which are known once every use of a result has been seen. */
  finish(): void {
    for (const { entry, allowed, wanted } of this.#lists) {
      this.#list(entry + ENTRY.allowed, allowed, (offset, errno) => this.#image.word(offset, -errno));
      this.#list(entry + ENTRY.copies64, wanted.copies64, (offset, place) => this.#image.pointer(offset, place));
      this.#list(entry + ENTRY.copies32, wanted.copies32, (offset, place) => this.#image.pointer(offset, place));
    }
    this.#arguments.finish();
  }

  #entry(call: KernelCall, atLeast: number | bigint, allowed: readonly number[]): number {
    if (call.args.length > MAX_ARGUMENTS) {
      throw new PlanError(call.call, `it has ${call.args.length} arguments`, `${MAX_ARGUMENTS} at most`);
    }
    const entry = this.#next;
    this.#next += ENTRY.size;
    this.#image.word(entry + ENTRY.number, syscallNumber(call.call, this.#architecture));
    call.args.forEach((argument, index) => {
      this.#arguments.write(entry + ENTRY.args + 8 * index, argument);
    });
    this.#image.word(entry + ENTRY.atLeast, atLeast);
    this.#image.word(entry + ENTRY.forks, call.forks ? 1 : 0);
    this.#lists.push({ entry, allowed, wanted: this.#arguments.define(call.result) });
    return entry;
  }

  #list(at: number, items: readonly number[], write: (offset: number, item: number) => void): void {
    const list = this.#image.reserve(8 * (items.length + 1));
    items.forEach((item, index) => {
      write(list + 8 * index, item);
    });
    this.#image.pointer(at, list);
  }
}
