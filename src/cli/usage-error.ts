/** A command line that can't be read: docker's words, docker's exit codes, and where help stands. */
import { GockerError, nearest } from '../errors/index.ts';

export class UsageError extends GockerError {
  /** 125 for flags, 1 for commands and operands: as docker. */
  readonly exitCode: number;

  /** @param command as docker quotes it: `image ls`; empty for the words before a command */
  constructor(command: string, message: string, options: { readonly exitCode: number; readonly suggestion?: string }) {
    const help = `See "gocker ${command === '' ? '' : `${command} `}--help".`;
    super('USAGE', message, { hint: options.suggestion === undefined ? help : `${options.suggestion} ${help}` });
    this.exitCode = options.exitCode;
  }
}

/** A flag that can't be read. @param lookup what was typed and what there is, to suggest the nearest */
export function flagError(
  command: string,
  message: string,
  lookup?: { readonly typed: string; readonly known: readonly string[] },
): UsageError {
  const near = lookup === undefined ? undefined : nearest(lookup.typed, lookup.known);
  return new UsageError(command, message, {
    exitCode: 125,
    ...(near === undefined ? {} : { suggestion: `Did you mean ${near}?` }),
  });
}

/** Too few or too many operands. */
export function operandError(command: string, { least, most }: { least: number; most: number }): UsageError {
  return new UsageError(command, `"gocker ${command}" ${describeCount(least, most)}`, { exitCode: 1 });
}

function describeCount(least: number, most: number): string {
  const count = (number: number) => (number === 1 ? '1 argument' : `${number} arguments`);
  if (most === 0) return 'accepts no arguments';
  if (least === most) return `requires exactly ${count(least)}`;
  return most === Number.POSITIVE_INFINITY ? `requires at least ${count(least)}` : `accepts at most ${count(most)}`;
}
