/**
 * --ulimit, setrlimit(2).
 *
 *   ulimit ::= name "=" limit [":" limit]      soft, then hard; one alone is both
 *   limit  ::= "-1" | digit+                   -1 is no limit
 */
import type { Process } from '../../../oci/index.ts';
import { optionError } from '../../options/option-error.ts';

const names = [
  'as',
  'core',
  'cpu',
  'data',
  'fsize',
  'locks',
  'memlock',
  'msgqueue',
  'nice',
  'nofile',
  'nproc',
  'rss',
  'rtprio',
  'rttime',
  'sigpending',
  'stack',
];

/** What the runtime spec can say of it: its numbers have no sign, and JSON's no 64 bits. */
export const unlimited = 2 ** 63;

/** Of two for one resource the later wins. @throws GockerError `ULIMIT_INVALID` */
export function parseUlimits(texts: readonly string[]): NonNullable<Process['rlimits']> {
  return [...new Map(texts.map((text) => [text.slice(0, text.indexOf('=')), parseUlimit(text)])).values()];
}

function parseUlimit(text: string) {
  const invalid = (is: string, expected: string) =>
    optionError({ code: 'ULIMIT_INVALID', flag: '--ulimit', value: text, is, expected });
  const equals = text.indexOf('=');
  if (equals < 0) throw invalid('invalid ulimit argument: it sets nothing', 'name=soft[:hard]');
  const name = text.slice(0, equals);
  if (!names.includes(name)) throw invalid(`invalid ulimit type: ${name}`, `one of ${names.join(', ')}`);
  const limits = text.slice(equals + 1).split(':');
  if (limits.length > 2) throw invalid('too many limits', 'soft[:hard]');
  const wrong = limits.find((limit) => !/^(?:-1|\d{1,18})$/.test(limit));
  if (wrong !== undefined) throw invalid(`"${wrong}" is no limit`, 'a number, or -1 for none');
  const [soft = 0, hard = soft] = limits.map((limit) => (limit === '-1' ? unlimited : Number(limit)));
  if (soft > hard) {
    throw invalid('ulimit soft limit must be less than or equal to hard limit', `at most ${hard} before the colon`);
  }
  return { type: `RLIMIT_${name.toUpperCase()}`, soft, hard };
}
