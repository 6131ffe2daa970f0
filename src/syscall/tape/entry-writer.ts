/** Fills the tape's entries, one after the other. */
import { CLONE_ARGS, type CloneCall } from '../clone-call.ts';
import { errnoNumber } from '../errno.ts';
import type { Argument, KernelCall } from '../kernel-call.ts';
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

/** What is written last, when all labels and all uses of results are known. */
interface Pending {
  readonly entry: number;
  readonly call: KernelCall;
  readonly allowed: readonly number[];
  readonly wanted: Wanted;
  /** The entry below. */
  readonly below: number;
}

export class EntryWriter {
  readonly #image: MemoryImage;
  readonly #architecture: Architecture;
  readonly #arguments: ArgumentWriter;
  readonly #pending: Pending[] = [];
  readonly #labels = new Map<string, number>();
  readonly #timing: boolean;
  /** A list with nothing in it, for all who need one. */
  readonly #empty: number;
  #next: number;

  constructor(image: MemoryImage, first: number, options: LayoutOptions) {
    this.#image = image;
    this.#next = first;
    this.#architecture = options.architecture;
    this.#timing = options.timing ?? false;
    this.#empty = image.reserve(8);
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
    const { allow = [], label } = call;
    const errnos = allow === 'any' ? [] : allow.map((name) => errnoNumber(name));
    // With a reading of the clock before it, that is where it begins.
    if (label !== undefined) this.#labels.set(label, this.#next - (this.#timing ? ENTRY.size : 0));
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

  /** Where each entry leads, and the lists of who wants its result. @throws PlanError */
  finish(): void {
    for (const pending of this.#pending) {
      this.#lead(pending);
      this.#list(pending.entry + ENTRY.copies64, pending.wanted.copies64);
      this.#list(pending.entry + ENTRY.copies32, pending.wanted.copies32);
    }
    this.#arguments.finish();
  }

  #lead({ entry, call, allowed, below }: Pending): void {
    const { on = {}, otherwise, forks } = call;
    const then = call.next === undefined ? below : this.#place(call.next);
    const pairs = [
      ...allowed.map((errno) => [then, -errno] as const),
      ...Object.entries(on).map(
        ([name, label]) => [this.#place(label), name === '0' ? 0 : -errnoNumber(name)] as const,
      ),
    ];
    const list = pairs.length === 0 ? this.#empty : this.#image.reserve(16 * pairs.length + 8);
    for (const [index, [to, result]] of pairs.entries()) {
      this.#image.pointer(list + 16 * index, to);
      this.#image.word(list + 16 * index + 8, result);
    }
    this.#image.pointer(entry + ENTRY.allowed, list);
    if (otherwise !== undefined) this.#image.pointer(entry + ENTRY.otherwise, this.#place(otherwise));
    if (forks === undefined || forks === false) this.#image.pointer(entry + ENTRY.next, then);
    else this.#fork(entry, forks, then);
  }

  /** Who makes a process and has no more to do is led nowhere. */
  #fork(entry: number, forks: true | Exclude<KernelCall['forks'], boolean | undefined>, then: number): void {
    if (typeof forks === 'object' && 'head' in forks) {
      this.#image.word(entry + ENTRY.forks, forks.first);
      this.#image.word(entry + ENTRY.tape, forks.head);
    } else {
      this.#image.pointer(entry + ENTRY.forks, typeof forks === 'object' ? this.#place(forks.at) : then);
      this.#image.pointer(entry + ENTRY.tape, 0);
    }
    if (typeof forks === 'object') this.#image.pointer(entry + ENTRY.next, then);
  }

  #place(label: string): number {
    const place = this.#labels.get(label);
    if (place === undefined) throw new PlanError(`a way to "${label}"`, 'no entry has that label', 'one that has');
    return place;
  }

  #entry(call: KernelCall, atLeast: Argument, allowed: readonly number[]): number {
    if (call.args.length > MAX_ARGUMENTS) {
      throw new PlanError(call.call, `it has ${call.args.length} arguments`, `${MAX_ARGUMENTS} at most`);
    }
    const entry = this.#next;
    this.#next += ENTRY.size;
    this.#image.word(entry + ENTRY.number, syscallNumber(call.call, this.#architecture));
    call.args.forEach((argument, index) => {
      this.#arguments.write(entry + ENTRY.args + 8 * index, argument);
    });
    this.#arguments.write(entry + ENTRY.atLeast, atLeast);
    const wanted = this.#arguments.define(call.result);
    this.#pending.push({ entry, call, allowed, wanted, below: this.#next });
    return entry;
  }

  /** Of pointers to places. */
  #list(at: number, places: readonly number[]): void {
    const list = places.length === 0 ? this.#empty : this.#image.reserve(8 * (places.length + 1));
    places.forEach((place, index) => {
      this.#image.pointer(list + 8 * index, place);
    });
    this.#image.pointer(at, list);
  }
}
