/** `--filter reference=<pattern>`: docker matches the short form of a name, with its tag or without, by Go's path.Match. */
import { GockerError } from '../errors/index.ts';
import { familiarName, familiarRepository, type Reference } from './reference.ts';

/** @throws GockerError `PATTERN_INVALID` */
export function matchReference(pattern: string, reference: Reference): boolean {
  const compiled = compile(pattern);
  return compiled.test(familiarName(reference)) || compiled.test(familiarRepository(reference));
}

/**
 * Go's path.Match, where `*` and `?` stop at a slash and `**` is no more than `*`:
 *
 *   pattern ::= ("*" | "?" | "[" ["^"] range+ "]" | "\" any | any)*
 *   range   ::= char | char "-" char
 */
function compile(pattern: string): RegExp {
  let source = '';
  let rest = pattern;
  while (rest !== '') {
    const term = /^(?:\*+|\?|\[\^?(?:\\.|[^\]\\])+\]|\\.|[^[\\])/su.exec(rest)?.[0];
    if (term === undefined) throw malformed(pattern);
    source += translate(term);
    rest = rest.slice(term.length);
  }
  try {
    return new RegExp(`^${source}$`, 'su');
  } catch {
    throw malformed(pattern);
  }
}

function translate(term: string): string {
  if (term.startsWith('*')) return '[^/]*';
  if (term === '?') return '[^/]';
  if (!term.startsWith('[')) return literal(term.replace(/^\\/, ''));
  const negated = term.startsWith('[^');
  const members = term.slice(negated ? 2 : 1, -1).match(/\\.|[^\\]/gsu) ?? [];
  const body = members.map((member) => (member === '\\-' ? member : literal(member.replace(/^\\/, '')))).join('');
  return negated ? `[^${body}]` : `[${body}]`;
}

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/u, '\\$&');
}

function malformed(pattern: string): GockerError {
  return new GockerError(
    'PATTERN_INVALID',
    `cannot read pattern ${JSON.stringify(pattern)}: malformed (expected *, ?, [a-z] and text)`,
  );
}
