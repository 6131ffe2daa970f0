/**
 * Sizes as docker's users write them:
 *
 *   size ::= digit+ ["." digit+] [" "] [unit] ["i"] ["b"]
 *   unit ::= "k" | "m" | "g" | "t" | "p"      powers of 1024, in either case
 */
const units = ['', 'k', 'm', 'g', 't', 'p'];
const grammar = /^(\d+(?:\.\d+)?) ?([kmgtp]?)i?b?$/i;

/** Bytes, rounded down; undefined where the text is no size. */
export function parseSize(text: string): number | undefined {
  const [, number, unit = ''] = grammar.exec(text) ?? [];
  return number === undefined ? undefined : Math.floor(Number(number) * 1024 ** units.indexOf(unit.toLowerCase()));
}
