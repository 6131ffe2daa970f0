/**
 * Decisions as classic BPF, linux/filter.h `struct sock_filter` and networking/filter.rst. Made from the end to the beginning,
 * since all jumps go forward: what is jumped to is there before. Of the instructions only those are used that the kernel
 * follows to find out which calls are always allowed (kernel/seccomp.c, seccomp_is_const_allow), for it then no longer asks.
 */
import { GockerError } from '../../errors/index.ts';
import { type Answer, type Decision, type Question, WHOLE } from './decision.ts';

/** linux/bpf_common.h. */
const op = {
  load: 0x20,
  and: 0x54,
  jump: 0x05,
  return: 0x06,
  equal: 0x15,
  'at-least': 0x35,
  'any-bit': 0x45,
} as const;

/** An instruction: opcode, jump if true, jump if false, constant. */
type Instruction = readonly [opcode: number, yes: number, no: number, constant: number];

/** BPF_MAXINSNS. */
const MOST = 4096;

/** What a conditional jump reaches is 8 bits; some are kept, since a jump further on may yet come between. */
const REACH = 250;

/** @throws GockerError `SECCOMP_INVALID` where it comes out longer than the kernel takes */
export function assemble(decision: Decision): Uint8Array {
  const assembler = new Assembler();
  assembler.place(decision, undefined);
  return assembler.encode();
}

/** What the accumulator holds: `offset` and `mask` of the question that loaded it. */
type Loaded = Pick<Question, 'offset' | 'mask'> | undefined;

class Assembler {
  /** The last one first: an instruction's place is its distance from the end. */
  readonly #reversed: Instruction[] = [];
  readonly #answers = new Map<number, number>();
  /** Where a question begins: with its load, and past it. */
  readonly #questions = new Map<Question, { loading?: number; loaded: number }>();

  /** Makes the decision's instructions, unless they are there. @returns its place */
  place(decision: Decision, loaded: Loaded): number {
    return decision.kind === 'answer' ? this.#placeAnswer(decision) : this.#placeQuestion(decision, loaded);
  }

  encode(): Uint8Array {
    const instructions = this.#reversed.toReversed();
    if (instructions.length > MOST) {
      throw new GockerError(
        'SECCOMP_INVALID',
        `cannot use seccomp profile: its filter has ${instructions.length} instructions (expected ${MOST} at most)`,
        { hint: 'Compare fewer arguments, or leave out an architecture.' },
      );
    }
    const bytes = new DataView(new ArrayBuffer(instructions.length * 8));
    for (const [index, [opcode, yes, no, constant]] of instructions.entries()) {
      bytes.setUint16(index * 8, opcode, true);
      bytes.setUint8(index * 8 + 2, yes);
      bytes.setUint8(index * 8 + 3, no);
      bytes.setUint32(index * 8 + 4, constant, true);
    }
    return new Uint8Array(bytes.buffer);
  }

  #placeAnswer({ value }: Answer): number {
    const known = this.#answers.get(value);
    if (known !== undefined && this.#distance(known) <= REACH) return known;
    const place = this.#push([op.return, 0, 0, value]);
    this.#answers.set(value, place);
    return place;
  }

  #placeQuestion(question: Question, loaded: Loaded): number {
    const isLoaded = loaded?.offset === question.offset && loaded.mask === question.mask;
    let places = this.#questions.get(question);
    if (places === undefined) {
      places = { loaded: this.#placeTest(question) };
      this.#questions.set(question, places);
    }
    if (isLoaded) return places.loaded;
    places.loading ??= this.#placeLoad(question, places.loaded);
    return places.loading;
  }

  #placeTest(question: Question): number {
    const { yes, no, test, value } = question;
    this.place(no, question);
    this.place(yes, question);
    // Each may move the other out of reach, but only by the one jump that brings it near again.
    const nearNo = this.#bringNear(this.place(no, question));
    const nearYes = this.#bringNear(this.place(yes, question));
    return this.#push([op[test], this.#distance(nearYes), this.#distance(nearNo), value]);
  }

  #placeLoad({ offset, mask }: Question, test: number): number {
    // The test is elsewhere if another question came between: its first user placed it.
    if (this.#distance(test) > 0) this.#push([op.jump, 0, 0, this.#distance(test)]);
    if (mask !== WHOLE) this.#push([op.and, 0, 0, mask]);
    return this.#push([op.load, 0, 0, offset]);
  }

  #bringNear(place: number): number {
    return this.#distance(place) <= REACH ? place : this.#push([op.jump, 0, 0, this.#distance(place)]);
  }

  /** From an instruction that would be made now. */
  #distance(place: number): number {
    return this.#reversed.length - place - 1;
  }

  #push(instruction: Instruction): number {
    return this.#reversed.push(instruction) - 1;
  }
}
