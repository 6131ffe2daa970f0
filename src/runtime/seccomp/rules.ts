/**
 * A profile's rules by the number of the call, for one architecture: combined as libseccomp combines them, since that is
 * what profiles are written and tested with.
 */
import { GockerError, nearest } from '../../errors/index.ts';
import type { LinuxSeccomp, SeccompRule } from '../../oci/index.ts';
import { filterReturn } from './action.ts';
import type { SeccompArchitecture } from './architecture.ts';
import { type Condition, checkCondition } from './condition.ts';
import { multiplexed } from './multiplexed.ts';
import { narrowArguments } from './narrow-arguments.ts';
import { callNames, callNumbers, isCallName } from './syscall-table.ts';

/** What the filter returns for a call: always the same, or that of the first rule whose conditions all hold. */
export type Ruling =
  | { readonly kind: 'always'; readonly value: number }
  | { readonly kind: 'by-arguments'; readonly rules: readonly ConditionalRule[]; readonly narrow: readonly number[] };

export interface ConditionalRule {
  readonly conditions: readonly Condition[];
  readonly value: number;
}

interface Collected {
  always?: number;
  readonly rules: ConditionalRule[];
  readonly narrow: readonly number[];
}

/** A rule as the profile has it, checked, whatever the architecture. */
export interface CheckedRule {
  readonly names: readonly string[];
  readonly value: number;
  /** Each is a way for the rule to hold. */
  readonly alternatives: readonly (readonly Condition[])[];
}

/** @throws GockerError `SECCOMP_INVALID` for an unknown call, action or operator, a bad index or value */
export function checkRule({ names, action, errnoRet, args = [] }: SeccompRule): CheckedRule {
  for (const name of names) checkCallName(name);
  const conditions = args.map((argument) => checkCondition(argument, names.join(', ')));
  const indexes = new Set(conditions.map(({ index }) => index));
  // Two conditions on one argument: docker's and podman's runtimes take them for two rules, and profiles rely on it.
  const isEither = indexes.size < conditions.length;
  return {
    names,
    value: filterReturn(action, errnoRet),
    alternatives: isEither ? conditions.map((condition) => [condition]) : [conditions],
  };
}

/** What decides each call that any rule names. Numbers are the architecture's own, with its base. */
export function rulingsFor(
  rules: readonly CheckedRule[],
  architecture: SeccompArchitecture,
  defaultValue: number,
): Map<number, Ruling> {
  const numbers = callNumbers(architecture.table);
  const collected = new Map<number, Collected>();
  for (const { names, value, alternatives } of rules) {
    // As if it were not there: another rule for the same call can still differ from the default.
    if (value === defaultValue) continue;
    for (const conditions of alternatives) {
      for (const name of names) {
        const number = numbers.get(name);
        if (number !== undefined) collect(collected, number + architecture.base, { name, conditions, value });
        if (architecture.table !== 'i386') continue;
        const within = multiplexed(name, conditions, value);
        if (within !== undefined) collect(collected, within.number, { name: within.name, ...within.rule });
      }
    }
  }
  return new Map([...collected].map(([number, found]) => [number, ruling(found)]));
}

/** A rule without conditions decides alone, wherever it stands; of several the first. */
function collect(
  into: Map<number, Collected>,
  number: number,
  rule: ConditionalRule & { readonly name: string },
): void {
  const { name, conditions, value } = rule;
  let found = into.get(number);
  if (found === undefined) {
    found = { rules: [], narrow: narrowArguments[name] ?? [] };
    into.set(number, found);
  }
  if (conditions.length === 0) found.always ??= value;
  else found.rules.push({ conditions, value });
}

function ruling({ always, rules, narrow }: Collected): Ruling {
  if (always !== undefined) return { kind: 'always', value: always };
  return { kind: 'by-arguments', rules: [...rules].sort(byPrecision), narrow };
}

/**
 * The order in which libseccomp asks: later arguments first, equalities before orders, and of two equal comparisons the
 * narrower. It matters only where rules with different actions overlap.
 */
function byPrecision({ conditions: [left] }: ConditionalRule, { conditions: [right] }: ConditionalRule): number {
  if (left === undefined || right === undefined) return 0;
  if (left.index !== right.index) return right.index - left.index;
  const precision = precisionOf(right) - precisionOf(left);
  if (precision !== 0 || left.value === right.value) return precision;
  const isBelow = left.operator === 'SCMP_CMP_LT' || left.operator === 'SCMP_CMP_LE';
  return left.value < right.value === isBelow ? -1 : 1;
}

function precisionOf({ operator }: Condition): number {
  if (operator === 'SCMP_CMP_LT' || operator === 'SCMP_CMP_LE') return 2;
  return operator === 'SCMP_CMP_GE' || operator === 'SCMP_CMP_GT' ? 1 : 3;
}

function checkCallName(name: string): void {
  if (isCallName(name)) return;
  const near = nearest(name, callNames());
  throw new GockerError(
    'SECCOMP_INVALID',
    `cannot use seccomp profile: it names "${name}", which is no system call (expected ${near === undefined ? 'one of syscalls(2)' : `such as "${near}"`})`,
  );
}

/** The rules of a profile and what happens to calls that none of them names. */
export function checkRules(profile: LinuxSeccomp): { readonly rules: CheckedRule[]; readonly defaultValue: number } {
  return {
    rules: (profile.syscalls ?? []).map(checkRule),
    defaultValue: filterReturn(profile.defaultAction, profile.defaultErrnoRet),
  };
}
