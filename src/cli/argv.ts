/**
 * argv after the rules that docker's users know (POSIX with GNU long options, as the Go package pflag reads them):
 *
 *   argv    ::= (flag | operand)* ["--" operand*]
 *   flag    ::= "--" name ["=" value] | "--" name value | "-" letter* [letter (["="] value | value)]
 *   operand ::= "-" | whatever does not begin with "-"
 *
 * Values are text and stay it: `007` is no number here.
 */
import type { OptionDefinition } from './command.ts';
import { flagError } from './usage-error.ts';

export interface Option {
  /** The key of the option's row. */
  readonly key: string;
  readonly definition: OptionDefinition;
  /** Without its dashes. */
  readonly long: string;
}

export interface SplitArgv {
  /** Values by key, in order; `true` and `false` for a boolean. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly operands: readonly string[];
}

export interface Grammar {
  /** For errors: `run`. */
  readonly command: string;
  readonly options: readonly Option[];
  /** The first operand ends the flags. */
  readonly flagsFirst: boolean;
}

/** @throws UsageError worded as docker does */
export function splitArgv(argv: readonly string[], grammar: Grammar): SplitArgv {
  const reader = new ArgvReader(argv, grammar);
  while (!reader.atEnd) reader.readNext();
  return reader;
}

class ArgvReader implements SplitArgv {
  readonly values = new Map<string, string[]>();
  readonly operands: string[] = [];
  readonly #rest: string[];
  readonly #grammar: Grammar;

  constructor(argv: readonly string[], grammar: Grammar) {
    this.#rest = [...argv];
    this.#grammar = grammar;
  }

  get atEnd(): boolean {
    return this.#rest.length === 0;
  }

  readNext(): void {
    const word = this.#rest.shift() ?? '';
    if (word === '--') this.#takeAll();
    else if (word.startsWith('--')) this.#readLong(word);
    else if (word.startsWith('-') && word !== '-') this.#readShorts(word);
    else {
      this.operands.push(word);
      if (this.#grammar.flagsFirst) this.#takeAll();
    }
  }

  #takeAll(): void {
    this.operands.push(...this.#rest.splice(0));
  }

  #readLong(word: string): void {
    const equals = word.indexOf('=');
    const name = word.slice(2, equals < 0 ? undefined : equals);
    const option = this.#grammar.options.find(
      ({ long, definition }) => long === name || definition.also?.includes(name),
    );
    if (option === undefined) throw this.#unknown(`--${name}`, `unknown flag: --${name}`);
    if (equals >= 0) this.#add(option, word.slice(equals + 1));
    else if (option.definition.kind === 'boolean') this.#add(option, 'true');
    else if (option.definition.kind === 'optional') this.#add(option, '');
    else this.#add(option, this.#nextWord(`--${name}`));
  }

  #readShorts(word: string): void {
    let rest = word.slice(1);
    while (rest !== '') {
      const letter = rest.charAt(0);
      const option = this.#grammar.options.find(({ definition }) => definition.flags.startsWith(`-${letter},`));
      if (option === undefined) throw this.#unknown(`-${letter}`, `unknown shorthand flag: '${letter}' in ${word}`);
      const after = rest.slice(1);
      const { kind } = option.definition;
      const takesRest = kind === 'text' || kind === 'list' || after.startsWith('=');
      if (after.startsWith('=')) this.#add(option, after.slice(1));
      else if (takesRest) this.#add(option, after || this.#nextWord(`'${letter}' in ${word}`));
      else this.#add(option, kind === 'boolean' ? 'true' : '');
      rest = takesRest ? '' : after;
    }
  }

  #nextWord(flag: string): string {
    const word = this.#rest.shift();
    if (word === undefined) throw flagError(this.#grammar.command, `flag needs an argument: ${flag}`);
    return word;
  }

  #add({ key, definition, long }: Option, value: string): void {
    const read = definition.kind === 'boolean' ? parseBoolean(value) : value;
    if (read === undefined) throw this.#invalid(long, value, 'true or false');
    const { values } = definition;
    if (values !== undefined && !values.includes(read)) {
      throw this.#invalid(long, value, values.filter((known) => known !== '').join(' or '));
    }
    const before = definition.kind === 'list' ? (this.values.get(key) ?? []) : [];
    this.values.set(key, [...before, read]);
  }

  #invalid(long: string, value: string, expected: string): Error {
    const message = `invalid argument ${JSON.stringify(value)} for "--${long}" flag (expected ${expected})`;
    return flagError(this.#grammar.command, message);
  }

  #unknown(typed: string, message: string): Error {
    const known = this.#grammar.options.map(({ long }) => `--${long}`);
    return flagError(this.#grammar.command, message, { typed, known });
  }
}

/** Go's strconv.ParseBool. */
function parseBoolean(value: string): 'true' | 'false' | undefined {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value)) return 'true';
  return ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(value) ? 'false' : undefined;
}
