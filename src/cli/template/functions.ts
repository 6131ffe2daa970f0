/** The functions of a template: those of Go's text/template, and those that docker adds. */
import { entriesOf, GoNil, goPrint, isMap, isTrue, lengthOf } from './go-value.ts';

/** Throws an Error whose message completes `error calling <name>: …`. */
export type TemplateFunction = (...values: readonly unknown[]) => unknown;

export const functions: Readonly<Record<string, TemplateFunction>> = {
  json: (value) => JSON.stringify(value) ?? 'null',
  upper: (value) => text(value).toUpperCase(),
  lower: (value) => text(value).toLowerCase(),
  title: (value) => text(value).replace(/(?<!\S)\S/g, (letter) => letter.toUpperCase()),
  join: (list, separator) => items(list).map(goPrint).join(text(separator)),
  split: (value, separator) => text(value).split(text(separator)),
  pad: (value, before, after) =>
    text(value) ? ' '.repeat(count(before)) + text(value) + ' '.repeat(count(after)) : '',
  truncate: (value, length) => text(value).slice(0, count(length)),
  println: (...values) => `${values.map(goPrint).join(' ')}\n`,
  print: (...values) => values.map(goPrint).join(''),
  printf: (format, ...values) => printf(text(format), values),
  len: (value) => lengthOf(value) ?? fail(`len of type ${typeof value}`),
  index: (value, ...keys) => keys.reduce(indexOne, value),
  slice: (value, from, to) => slice(value, from, to),
  and: (...values) => values[lastUnless(values, (value) => !isTrue(value))],
  or: (...values) => values[lastUnless(values, isTrue)],
  not: (value) => !isTrue(value),
  eq: (value, ...others) => others.some((other) => same(value, other)),
  ne: (left, right) => !same(left, right),
  lt: (left, right) => compare(left, right) < 0,
  le: (left, right) => compare(left, right) <= 0,
  gt: (left, right) => compare(left, right) > 0,
  ge: (left, right) => compare(left, right) >= 0,
};

/** Where the first such value stands; the last one's place where there is none. */
function lastUnless(values: readonly unknown[], decides: (value: unknown) => boolean): number {
  const found = values.findIndex(decides);
  return found < 0 ? values.length - 1 : found;
}

function fail(message: string): never {
  throw new Error(message);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : fail(`expected string; found ${goPrint(value)}`);
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
    ? value
    : fail(`expected int; found ${goPrint(value)}`);
}

function items(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value instanceof GoNil ? [] : fail(`expected a list; found ${goPrint(value)}`);
}

function indexOne(value: unknown, key: unknown): unknown {
  if (isMap(value)) return Object.hasOwn(value, text(key)) ? value[text(key)] : '';
  const at = count(key);
  const found = entriesOf(value) ?? fail(`can't index item of type ${typeof value}`);
  return at < found.length ? found[at]?.[1] : fail(`index out of range: ${at}`);
}

function slice(value: unknown, from: unknown = 0, to: unknown = lengthOf(value)): unknown {
  const [start, end] = [count(from), count(to)];
  if (start > end || end > (lengthOf(value) ?? 0)) return fail(`index out of range: ${end}`);
  return typeof value === 'string' ? value.slice(start, end) : items(value).slice(start, end);
}

function same(left: unknown, right: unknown): boolean {
  if (isMap(left) || Array.isArray(left)) return fail('non-comparable type');
  if (typeof left !== typeof right && left !== null && right !== null) return fail('incompatible types for comparison');
  return left === right;
}

function compare(left: unknown, right: unknown): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  return fail('incompatible types for comparison');
}

/** The verbs that formats of images and containers use: %s %v %d %q %t %x %%, with a width and `-`. */
function printf(format: string, values: readonly unknown[]): string {
  const rest = [...values];
  return format.replace(/%(-?)(\d*)([a-z%])/g, (_, minus: string, width: string, verb: string) => {
    if (verb === '%') return '%';
    if (rest.length === 0) return `%!${verb}(MISSING)`;
    const value = rest.shift();
    const shown = verb === 'q' ? JSON.stringify(value) : verb === 'x' ? hex(value) : goPrint(value);
    return minus === '-' ? shown.padEnd(Number(width)) : shown.padStart(Number(width));
  });
}

function hex(value: unknown): string {
  return typeof value === 'number' ? value.toString(16) : Buffer.from(text(value)).toString('hex');
}
