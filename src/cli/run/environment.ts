/** The container's variables from `--env-file` and `-e`: the files' first, then those of the command line. */
import { readFileSync } from 'node:fs';
import { GockerError } from '../../errors/index.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @param own where `-e NAME` without a value looks; unset there, it is left out
 * @throws GockerError `ENV_INVALID`, `ENV_FILE_UNREADABLE`
 */
export function readEnvironment(files: readonly string[], variables: readonly string[], own: Environment): string[] {
  const fromFiles = files.flatMap((path) => readVariablesFile('variable', path));
  return [...fromFiles, ...variables].flatMap((variable) => resolve(variable, own));
}

/** @param what is in it: `variable`, `label` */
export function readVariablesFile(what: string, path: string): string[] {
  return parseEnvFile(readEnvFile(path), path, what);
}

/**
 * A file as docker reads it, with no quoting and no expansion:
 *
 *   file ::= line*
 *   line ::= white-space* ("#" any* | NAME ["=" value] | )
 */
export function parseEnvFile(text: string, path: string, what = 'variable'): string[] {
  const variables: string[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const variable = line.trimStart();
    if (variable === '' || variable.startsWith('#')) continue;
    const name = variable.split('=', 1)[0] ?? '';
    if (name === '' || /\s/.test(name)) {
      const shown = `${JSON.stringify(name)} of "${path}", line ${index + 1}`;
      throw new GockerError('ENV_INVALID', `cannot read ${what} ${shown}: not a name (expected NAME=value)`);
    }
    variables.push(variable);
  }
  return variables;
}

function readEnvFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new GockerError('ENV_FILE_UNREADABLE', `cannot read environment file "${path}": ${reason}`, { cause });
  }
}

function resolve(variable: string, own: Environment): string[] {
  if (variable.startsWith('=') || variable === '') {
    throw new GockerError(
      'ENV_INVALID',
      `cannot set variable ${JSON.stringify(variable)}: it has no name (expected NAME=value)`,
    );
  }
  if (variable.includes('=')) return [variable];
  const value = own[variable];
  return value === undefined ? [] : [`${variable}=${value}`];
}
