/**
 * The `WWW-Authenticate` header, RFC 9110 §11.6.1:
 *
 *   WWW-Authenticate = [ challenge *( OWS "," OWS challenge ) ]
 *   challenge        = auth-scheme [ 1*SP ( token68 / [ auth-param *( OWS "," OWS auth-param ) ] ) ]
 *   auth-param       = token BWS "=" BWS ( token / quoted-string )
 *   token68          = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
 *
 * Commas part both challenges and parameters: a name followed by "=" is a parameter of the challenge before it.
 */

export interface Challenge {
  /** Lower-case: `bearer`, `basic`. */
  readonly scheme: string;
  /** Names in lower case. The first of two with one name counts. */
  readonly parameters: ReadonlyMap<string, string>;
}

const separators = /[\s,]*/y;
const parameter = /([\w!#$%&'*+.^`|~-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/y;
const scheme =
  /([\w!#$%&'*+.^`|~-]+)(?:[ \t]+(?![\w!#$%&'*+.^`|~-]+[ \t]*=[ \t]*[^\s,=])[\w.~+/-]+=*(?=[ \t]*(?:,|$)))?/y;

/** All challenges of one or several header lines, in their order; ends at the first part that is malformed. */
export function parseChallenges(header: string | readonly string[] | undefined): Challenge[] {
  return [header ?? []].flat().flatMap(parseLine);
}

function parseLine(line: string): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(line);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  for (take(separators); at < line.length; take(separators)) {
    const current = challenges.at(-1);
    const pair = current && take(parameter);
    if (current && pair) {
      const name = (pair[1] ?? '').toLowerCase();
      const value = pair[2]?.replace(/\\(.)/g, '$1') ?? pair[3] ?? '';
      if (!current.parameters.has(name)) current.parameters.set(name, value);
      continue;
    }
    const named = take(scheme);
    if (named === null) break;
    challenges.push({ scheme: (named[1] ?? '').toLowerCase(), parameters: new Map() });
  }
  return challenges;
}
