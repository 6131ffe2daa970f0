/** Rules that look at arguments, as questions on their halves: classic BPF reads 32 bits at a time. */
import type { Condition } from './condition.ts';
import { answer, ask, DATA, type Decision, search, WHOLE } from './decision.ts';
import type { ConditionalRule } from './rules.ts';

interface Facts {
  readonly rules: readonly ConditionalRule[];
  /** What is returned where no rule holds. */
  readonly defaultValue: number;
  /** Whether the lower half of an argument is all of it. */
  readonly isNarrow: (index: number) => boolean;
}

/** The first rule whose conditions all hold decides. */
export function decideByArguments(facts: Facts): Decision {
  const { rules, defaultValue, isNarrow } = facts;
  const index = onlyArgument(rules);
  if (index !== undefined) return searchNumber(index, facts);
  return rules.reduceRight<Decision>((otherwise, { conditions, value }) => {
    return conditions.reduceRight<Decision>(
      (yes, condition) => decide(condition, isNarrow(condition.index), yes, otherwise),
      answer(value),
    );
  }, answer(defaultValue));
}

/** The argument that all rules compare with a number of 32 bits; undefined where they differ, or look at single bits. */
function onlyArgument(rules: readonly ConditionalRule[]): number | undefined {
  const index = rules[0]?.conditions[0]?.index;
  const isAlike = rules.every(({ conditions: [condition, ...more] }) => {
    const isNumber = condition?.operator !== 'SCMP_CMP_MASKED_EQ' && high(condition?.value ?? 0n) === 0;
    return condition?.index === index && isNumber && more.length === 0;
  });
  return isAlike ? index : undefined;
}

/** All of them at once: the argument's values fall into ranges with one outcome each. */
function searchNumber(index: number, { rules, defaultValue, isNarrow }: Facts): Decision {
  const outcome = (number: number) =>
    answer(rules.find((rule) => rule.conditions.every((each) => holds(each, number)))?.value ?? defaultValue);
  const bounds = rules.flatMap((rule) => rule.conditions.flatMap(({ value }) => [low(value), low(value) + 1]));
  const starts = [...new Set([0, ...bounds])].filter((from) => from <= WHOLE).sort((left, right) => left - right);
  const found = search(
    DATA.low(index),
    starts.map((from) => ({ from, decision: outcome(from) })),
  );
  if (isNarrow(index)) return found;
  return ask({ offset: DATA.high(index), test: 'equal', value: 0, yes: found, no: outcome(WHOLE + 1) });
}

function holds({ operator, value }: Condition, word: number): boolean {
  const bound = low(value);
  if (operator === 'SCMP_CMP_EQ') return word === bound;
  if (operator === 'SCMP_CMP_NE') return word !== bound;
  if (operator === 'SCMP_CMP_LT') return word < bound;
  if (operator === 'SCMP_CMP_LE') return word <= bound;
  return operator === 'SCMP_CMP_GE' ? word >= bound : word > bound;
}

function decide(condition: Condition, isNarrow: boolean, yes: Decision, no: Decision): Decision {
  switch (condition.operator) {
    case 'SCMP_CMP_EQ':
    case 'SCMP_CMP_MASKED_EQ':
      return decideEqual(condition, isNarrow, yes, no);
    case 'SCMP_CMP_NE':
      return decideEqual(condition, isNarrow, no, yes);
    case 'SCMP_CMP_GE':
      return decideAtLeast(condition, isNarrow, yes, no);
    case 'SCMP_CMP_LT':
      return decideAtLeast(condition, isNarrow, no, yes);
    case 'SCMP_CMP_GT':
      return decideAtLeast(after(condition), isNarrow, yes, no);
    case 'SCMP_CMP_LE':
      return decideAtLeast(after(condition), isNarrow, no, yes);
  }
}

/** "Greater than n" is "at least n + 1", which for the greatest number there is doesn't fit: value 2^64 below. */
function after(condition: Condition): Condition {
  return { ...condition, value: condition.value + 1n };
}

function decideEqual({ index, value, mask }: Condition, isNarrow: boolean, yes: Decision, no: Decision): Decision {
  const lower = askEqual(DATA.low(index), low(value), low(mask), { yes, no });
  return isNarrow ? lower : askEqual(DATA.high(index), high(value), high(mask), { yes: lower, no });
}

type Ways = { readonly yes: Decision; readonly no: Decision };

function askEqual(offset: number, value: number, mask: number, { yes, no }: Ways): Decision {
  if (mask === 0) return yes;
  // "None of these bits" leaves the word as it is, for the next question.
  if (value === 0 && mask !== WHOLE) return ask({ offset, test: 'any-bit', value: mask, yes: no, no: yes });
  return ask({ offset, mask, test: 'equal', value, yes, no });
}

function decideAtLeast({ index, value }: Condition, isNarrow: boolean, yes: Decision, no: Decision): Decision {
  const [offset, upper] = [DATA.low(index), DATA.high(index)];
  if (isNarrow) {
    return value > WHOLE ? no : askAtLeast(offset, low(value), { yes, no });
  }
  if (value > 0xffff_ffff_ffff_ffffn) return no;
  const lower = askAtLeast(offset, low(value), { yes, no });
  const equal = ask({ offset: upper, test: 'equal', value: high(value), yes: lower, no });
  if (high(value) === WHOLE) return equal;
  return ask({ offset: upper, test: 'at-least', value: high(value) + 1, yes, no: equal });
}

function askAtLeast(offset: number, value: number, { yes, no }: Ways): Decision {
  return value === 0 ? yes : ask({ offset, test: 'at-least', value, yes, no });
}

function low(value: bigint): number {
  return Number(value & 0xffff_ffffn);
}

function high(value: bigint): number {
  return Number((value >> 32n) & 0xffff_ffffn);
}
