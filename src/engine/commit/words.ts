/**
 * Arguments of Dockerfile instructions as words, by the rules of Dockerfile(5) "Environment replacement":
 *
 *   words    ::= word (blank+ word)*
 *   word     ::= ("'" any-but-' * "'" | '"' (variable | "\" any | any-but-") * '"' | variable | "\" any | any-but-blank)+
 *   variable ::= "$" name | "${" name [(":-" | ":+") text] "}"
 */

export type Lookup = (name: string) => string | undefined;

/** With quotes taken off and variables put in. */
export function splitWords(text: string, lookup: Lookup): string[] {
  const words: string[] = [];
  let word: string | undefined;
  const token = /'([^']*)'|"((?:\\.|[^"\\])*)"|(\\.|\$\{[^}]*\}|\$\w+)|(\s+)|(.)/gsu;
  for (const [, single, double, special, blank, letter] of text.matchAll(token)) {
    if (blank !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    word =
      (word ?? '') +
      (single ?? (double === undefined ? undefined : expand(double, lookup)) ?? plain(special, lookup) ?? letter ?? '');
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** Variables put in, and nothing else changed but what a backslash stands before. */
export function expand(text: string, lookup: Lookup): string {
  return text.replace(/\\.|\$\{[^}]*\}|\$\w+/gsu, (special) => plain(special, lookup) ?? special);
}

function plain(special: string | undefined, lookup: Lookup): string | undefined {
  if (special === undefined) return undefined;
  if (special.startsWith('\\')) return special.slice(1);
  const [, name = '', operator, otherwise = ''] = /^\$\{?(\w+)(?::([-+])([^}]*))?\}?$/su.exec(special) ?? [];
  const value = lookup(name) ?? '';
  if (operator === '-') return value === '' ? otherwise : value;
  if (operator === '+') return value === '' ? '' : otherwise;
  return value;
}

/** `NAME=value …`, or the old `NAME value` for one. @returns undefined where a word is neither */
export function splitPairs(text: string, lookup: Lookup): [string, string][] | undefined {
  const words = splitWords(text, lookup);
  const [first = ''] = words;
  if (!first.includes('=')) {
    const rest = text.trim().slice(first.length).trim();
    return first === '' || rest === '' ? undefined : [[first, expand(rest, lookup)]];
  }
  const pairs = words.map((word): [string, string] => [
    word.slice(0, word.indexOf('=')),
    word.slice(word.indexOf('=') + 1),
  ]);
  return words.every((word) => word.indexOf('=') > 0) ? pairs : undefined;
}

/** `["a", "b"]`; undefined for any other text. */
export function readList(text: string): string[] | undefined {
  if (!text.trim().startsWith('[')) return undefined;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((word) => typeof word === 'string') ? list : undefined;
  } catch {
    return undefined;
  }
}
