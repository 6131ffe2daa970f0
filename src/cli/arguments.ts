/**
 * A command's arguments, typed by its option table. cac holds the table, prints help from it and hands out the values; but
 * its own reading of argv makes numbers of `007`, lets an option swallow a negative operand and knows no end of flags, so
 * argv is split by our rules first, and cac is given a spelling that it can't misread.
 */
import { CAC, type Command as CacCommand } from 'cac';
import { type Option, splitArgv } from './argv.ts';
import type { Command, Flags, OptionDefinition, Options } from './command.ts';
import { operandError } from './usage-error.ts';

export interface Arguments<O extends Options> {
  readonly flags: Flags<O>;
  readonly operands: readonly string[];
  /** `--help` was among them: nothing else was checked. */
  readonly help: boolean;
}

/** @throws UsageError */
export function readArguments<O extends Options>(command: Command<O>, argv: readonly string[]): Arguments<O> {
  const options = optionsOf(command.options);
  const { values, operands } = splitArgv(argv, {
    command: command.name,
    options: [...options, helpOption],
    flagsFirst: command.flagsFirst === true,
  });
  const help = values.get('help')?.[0] === 'true';
  const tooFew = operands.length < command.operands.least;
  if (!help && (tooFew || operands.length > command.operands.most)) throw operandError(command.name, command.operands);
  const { cli } = declare(command);
  const spelled = options.flatMap((option) => spell(option, values.get(option.key) ?? []));
  const parsed: Readonly<Record<string, unknown>> = cli.parse(['', '', command.name, ...spelled], {
    run: false,
  }).options;
  const flags = Object.fromEntries(options.map((option) => [option.key, readValue(option, parsed)]));
  return { flags: flags as Flags<O>, operands, help };
}

/** The command and its options as cac knows them. */
export function declare(command: Command): { cli: CAC; declared: CacCommand } {
  const cli = new CAC('gocker');
  const declared = cli.command(command.name, command.description).usage(`${command.name} ${command.usage}`);
  for (const { flags, description } of Object.values(command.options)) declared.option(alignFlags(flags), description);
  for (const example of command.examples) declared.example(`  $ ${example}`);
  return { cli, declared };
}

/** Long options without a letter line up with those that have one. */
export function alignFlags(flags: string): string {
  return flags.startsWith('--') ? `    ${flags}` : flags;
}

export function optionsOf(options: Options): Option[] {
  return Object.entries(options).map(([key, definition]) => ({ key, definition, long: longName(definition) }));
}

export const helpOption: Option = {
  key: 'help',
  long: 'help',
  definition: { flags: '-h, --help', kind: 'boolean', description: 'Print usage' },
};

function longName({ flags }: OptionDefinition): string {
  return /--([\w-]+)/.exec(flags)?.[1] ?? '';
}

/** A mark before each value keeps cac from taking it for a number, a boolean or the next option. */
const mark = ':';

function spell({ definition, long }: Option, values: readonly string[]): string[] {
  if (definition.kind !== 'boolean') return values.map((value) => `--${long}=${mark}${value}`);
  return values.at(-1) === 'true' ? [`--${long}`] : [];
}

/** cac files an option under its camel-cased name, and `--no-x` as `x` with true for its default. */
function readValue({ definition, long }: Option, parsed: Readonly<Record<string, unknown>>): unknown {
  const negated = long.startsWith('no-');
  const name = long.replace(/^no-/, '').replace(/(?<=[a-z])-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const found = parsed[name];
  if (definition.kind === 'boolean') return negated ? found === false : found === true;
  const values = (found === undefined ? [] : [found].flat()).map((value) => String(value).slice(mark.length));
  return definition.kind === 'list' ? values : values.at(-1);
}
