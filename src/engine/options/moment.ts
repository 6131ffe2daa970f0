/**
 * Points in time as docker's users write them after --since and --until:
 *
 *   moment ::= duration                                       that long ago
 *            | digit+ ["." digit+]                            seconds since 1970
 *            | date ["T" hour [":" minute [":" second]]] [zone]
 *   date   ::= YYYY "-" MM "-" DD          second ::= SS ["." digit+]
 *   zone   ::= "Z" | ("+" | "-") hh ":" mm                    this machine's where left out
 */

import { parseDuration } from './duration.ts';
import { optionError } from './option-error.ts';

const seconds = /^(\d+)(?:\.(\d{1,9}))?$/;
const date = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?)?(Z|[+-]\d\d:\d\d)?$/;

/**
 * @param flag for the error: `--since`
 * @param now milliseconds since 1970
 * @returns nanoseconds since 1970
 * @throws GockerError `TIME_INVALID`
 */
export function parseMoment(text: string, flag: string, now: number): bigint {
  const ago = parseDuration(text);
  // "0" is a duration to Go, and nothing that anybody means by it.
  if (ago !== undefined && text !== '0') return BigInt(now) * 1_000_000n - BigInt(ago);
  const [, whole, fraction = ''] = seconds.exec(text) ?? [];
  if (whole !== undefined) return BigInt(whole) * 1_000_000_000n + nanosecondsOf(fraction);
  const found = parseDate(text);
  if (found !== undefined) return found;
  throw optionError({
    code: 'TIME_INVALID',
    flag,
    value: text,
    is: 'it is no time',
    expected: 'such as 10m, 1700000000 or 2025-01-31T12:00:00Z',
  });
}

function parseDate(text: string): bigint | undefined {
  const [match, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone = ''] =
    date.exec(text) ?? [];
  if (match === undefined) return undefined;
  // Without a zone, ECMAScript takes a date with a time for this machine's.
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`);
  return Number.isNaN(time) ? undefined : BigInt(time) * 1_000_000n + nanosecondsOf(fraction);
}

function nanosecondsOf(fraction: string): bigint {
  return BigInt(fraction.padEnd(9, '0'));
}
