/**
 * What a filter decides, as a graph of questions: each looks at one 32-bit word of `struct seccomp_data`, linux/seccomp.h, and
 * leads to another or to an answer. It is made for the shortest way to an answer; assemble.ts makes instructions of it.
 */

/** Offsets within `struct seccomp_data`, little endian. */
export const DATA = {
  number: 0,
  architecture: 4,
  low: (index: number) => 16 + 8 * index,
  high: (index: number) => 20 + 8 * index,
} as const;

export type Decision = Answer | Question;

export interface Answer {
  readonly kind: 'answer';
  /** What the filter returns. */
  readonly value: number;
}

export interface Question {
  readonly kind: 'question';
  /** Of the word that is looked at. */
  readonly offset: number;
  /** Is what is left of the word under this mask … */
  readonly mask: number;
  /** … equal to `value`, at least it, or does it share a bit with it? */
  readonly test: 'equal' | 'at-least' | 'any-bit';
  readonly value: number;
  readonly yes: Decision;
  readonly no: Decision;
}

export const WHOLE = 0xffff_ffff;

/** From where on a decision counts, up to where the next one does. */
export interface Range {
  readonly from: number;
  readonly decision: Decision;
}

export function answer(value: number): Answer {
  return { kind: 'answer', value };
}

/** Where both ways lead to the same there is no question. */
export function ask(question: Omit<Question, 'kind' | 'mask'> & { readonly mask?: number }): Decision {
  if (isSame(question.yes, question.no)) return question.yes;
  return { kind: 'question', mask: WHOLE, ...question };
}

/**
 * A tree that finds the range that a word is in: of n ranges, after about log2(n) questions.
 *
 * @param ranges ordered; the first begins at 0
 */
export function search(offset: number, ranges: readonly Range[]): Decision {
  return halve(offset, merge(ranges));
}

function halve(offset: number, ranges: readonly Range[]): Decision {
  const middle = ranges[ranges.length >> 1];
  const [first] = ranges;
  if (first === undefined) throw new RangeError('a search in no ranges');
  if (middle === undefined || ranges.length === 1) return first.decision;
  return ask({
    offset,
    test: 'at-least',
    value: middle.from,
    yes: halve(offset, ranges.slice(ranges.length >> 1)),
    no: halve(offset, ranges.slice(0, ranges.length >> 1)),
  });
}

function merge(ranges: readonly Range[]): Range[] {
  const merged: Range[] = [];
  for (const range of ranges) {
    const last = merged.at(-1);
    if (last === undefined || !isSame(last.decision, range.decision)) merged.push(range);
  }
  return merged;
}

function isSame(left: Decision, right: Decision): boolean {
  return left === right || (left.kind === 'answer' && right.kind === 'answer' && left.value === right.value);
}
