/** Comparisons of a call's arguments, config-linux.md#seccomp `args`: unsigned, as seccomp(2) gives them to a filter. */
import { GockerError, nearest } from '../../errors/index.ts';
import type { SeccompArgument } from '../../oci/index.ts';

export const operators = [
  'SCMP_CMP_NE',
  'SCMP_CMP_LT',
  'SCMP_CMP_LE',
  'SCMP_CMP_EQ',
  'SCMP_CMP_GE',
  'SCMP_CMP_GT',
  'SCMP_CMP_MASKED_EQ',
] as const;

export type Operator = (typeof operators)[number];

export interface Condition {
  /** Which argument, from 0. */
  readonly index: number;
  readonly operator: Operator;
  /** What it is compared with; for `SCMP_CMP_MASKED_EQ` with all bits but the mask's cleared. */
  readonly value: bigint;
  /** What is looked at: all bits but for `SCMP_CMP_MASKED_EQ`. */
  readonly mask: bigint;
}

const allBits = 2n ** 64n - 1n;

/** @throws GockerError `SECCOMP_INVALID`, naming the call and what is wrong */
export function checkCondition({ index, op, value, valueTwo = 0 }: SeccompArgument, call: string): Condition {
  if (!Number.isInteger(index) || index < 0 || index > 5) {
    throw invalid(call, `looks at argument ${index}`, '0 to 5: a system call has six');
  }
  const operator = operators.find((known) => known === op);
  if (operator === undefined) {
    throw invalid(call, `compares by "${op}"`, nearest(op, operators) ?? operators.join(', '));
  }
  const [first, second] = [unsigned(value, call), unsigned(valueTwo, call)];
  // Docker's order: the mask, then what is left of the argument under it.
  if (operator === 'SCMP_CMP_MASKED_EQ') return { index, operator, value: second & first, mask: first };
  return { index, operator, value: first, mask: allBits };
}

function unsigned(value: number | bigint, call: string): bigint {
  if (typeof value === 'number' && !Number.isInteger(value)) throw invalid(call, `compares with ${value}`, range);
  const whole = BigInt(value);
  if (whole >= 0n && whole <= allBits) return whole;
  throw invalid(call, `compares with ${value}`, range);
}

const range = 'a whole number from 0 to 2^64-1';

function invalid(call: string, is: string, expected: string): GockerError {
  return new GockerError(
    'SECCOMP_INVALID',
    `cannot use seccomp profile: its rule for "${call}" ${is} (expected ${expected})`,
  );
}
