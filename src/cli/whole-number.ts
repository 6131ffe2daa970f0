/** Flags that take a whole number, as Go's strconv.ParseInt reads it, and docker's words where it is none. */
import { flagError } from './usage-error.ts';

/** @param flag as docker quotes it: `-t, --timeout` @throws UsageError */
export function readWholeNumber(command: string, flag: string, text: string): number {
  if (/^[+-]?\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  const is = /^[+-]?\d+$/.test(text) ? 'value out of range' : 'invalid syntax';
  throw flagError(
    command,
    `invalid argument ${JSON.stringify(text)} for "${flag}" flag: ${is} (expected a whole number)`,
  );
}
