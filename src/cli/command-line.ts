/** From words to a command: global flags, the command's name in either spelling, its arguments, its errors. */
import type { Engine, EngineOptions } from '../engine/index.ts';
import { helpOption, optionsOf, readArguments } from './arguments.ts';
import { splitArgv } from './argv.ts';
import { findCommand, groupMembers } from './catalogue.ts';
import type { Command, Context } from './command.ts';
import { visibleLines } from './format/text.ts';
import { globalOptions } from './global-options.ts';
import { reportError } from './report.ts';
import { OutputClosed } from './sink.ts';

export interface Surroundings extends Omit<Context, 'engine' | 'debug'> {
  readonly openEngine: (options: EngineOptions) => Promise<Engine>;
}

/** @returns the exit code @throws OutputClosed and nothing else */
export async function runCommandLine(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const state = { isRun: false, isExec: false, debug: isSet(surroundings.env.GOCKER_DEBUG) };
  try {
    const options = [...optionsOf(globalOptions), helpOption];
    const { values, operands } = splitArgv(argv, { command: '', options, flagsFirst: true });
    const isTrue = (key: string) => values.get(key)?.[0] === 'true';
    state.debug ||= isTrue('debug');
    if (isTrue('version')) return await printVersion(surroundings);
    if (isTrue('help')) return await printHelp([]);
    if (isOverview(operands)) return await printHelp(operands.slice(0, 1));
    const { entry, rest } = findCommand(operands);
    state.isRun = entry.spellings[0] === 'run';
    state.isExec = entry.spellings[0] === 'exec';
    const command = await entry.load();
    return await act(command, rest, contextOf(surroundings, values, state.debug));
  } catch (error) {
    if (error instanceof OutputClosed) throw error;
    return reportError(error, surroundings.stderr, state);
  }
}

async function act(command: Command, argv: readonly string[], context: Context): Promise<number> {
  const { flags, operands, help } = readArguments(command, argv);
  if (!help) return command.run(flags, operands, context);
  const { printCommandHelp } = await import('./help.ts');
  printCommandHelp(command);
  return 0;
}

function contextOf(
  surroundings: Surroundings,
  values: ReadonlyMap<string, readonly string[]>,
  debug: boolean,
): Context {
  const root = values.get('root')?.[0];
  const run = values.get('runroot')?.[0];
  const options: EngineOptions = {
    ...(root === undefined ? {} : { root }),
    ...(run === undefined ? {} : { run }),
    env: surroundings.env,
    onWarning: (warning) => surroundings.stderr.write(`warning: ${visibleLines(warning)}\n`),
  };
  return { ...surroundings, debug, engine: () => surroundings.openEngine(options) };
}

/** Nothing, or a group's name alone or with `--help`: `image`, `image --help`. */
function isOverview([first, second]: readonly string[]): boolean {
  if (first === undefined) return true;
  const isGroup = groupMembers(first).length > 0;
  return isGroup && (second === undefined || second === '--help' || second === '-h');
}

async function printHelp(words: readonly string[]): Promise<number> {
  const { printHelpFor } = await import('./help.ts');
  await printHelpFor(words);
  return 0;
}

async function printVersion({ stdout }: Surroundings): Promise<number> {
  const { readVersion } = await import('./version.ts');
  stdout.write(`gocker version ${readVersion()}\n`);
  return 0;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0';
}
