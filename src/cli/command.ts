/** What a command is: its words, its options as a table, and what it does. Help, parsing and the flags' types come from here. */
import type { Engine } from '../engine/index.ts';
import type { Sink } from './sink.ts';

/**
 * `boolean`: `--rm`, `--rm=false`. `text`: the last one counts. `list`: each one counts, in order. `optional`: with a value
 * only after `=`; the empty text where there is none.
 */
export interface OptionDefinition {
  /** As help prints it: `-e, --env <list>`. The long name is the option's. */
  readonly flags: string;
  readonly kind: 'boolean' | 'text' | 'list' | 'optional';
  readonly description: string;
  /** The only values that there are. */
  readonly values?: readonly string[];
  /** Other names, understood and not shown. */
  readonly also?: readonly string[];
}

export type Options = Readonly<Record<string, OptionDefinition>>;

export type Flags<O extends Options> = {
  readonly [K in keyof O]: O[K]['kind'] extends 'boolean'
    ? boolean
    : O[K]['kind'] extends 'list'
      ? readonly string[]
      : string | undefined;
};

/** Where a command meets the world: tests hand in another one. */
export interface Context {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Show the causes of errors. */
  readonly debug: boolean;
  /** Milliseconds since the epoch, for "2 weeks ago". */
  readonly now: () => number;
  /** Loaded and opened at the first call: help and version never need it. */
  readonly engine: () => Promise<Engine>;
}

export interface Command<O extends Options = Options> {
  /** The first spelling: `images`. */
  readonly name: string;
  /** After the name: `[OPTIONS] [REPOSITORY[:TAG]]`. */
  readonly usage: string;
  readonly description: string;
  readonly options: O;
  readonly operands: { readonly least: number; readonly most: number };
  /** True: the first operand ends the flags, and what follows belongs to the container. */
  readonly flagsFirst?: boolean;
  /** Lines without the prompt. */
  readonly examples: readonly string[];
  /** @returns the exit code */
  run(flags: Flags<O>, operands: readonly string[], context: Context): Promise<number>;
}

/** Keeps the option table's literal types, so that a flag's type follows from its row. */
export function defineCommand<const O extends Options>(command: Command<O>): Command<O> {
  return command;
}
