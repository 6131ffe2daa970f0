/** The container's labels from `--label-file` and `-l`: the files' first, then those of the command line. */
import { flagError } from '../usage-error.ts';
import { readVariablesFile } from './environment.ts';

/** @throws UsageError, GockerError `ENV_INVALID`, `ENV_FILE_UNREADABLE` */
export function readLabels(files: readonly string[], labels: readonly string[]): Readonly<Record<string, string>> {
  const lines = files.flatMap((path) => readVariablesFile('label', path));
  return Object.fromEntries([...lines, ...labels].map(readLabel));
}

function readLabel(text: string): [string, string] {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  if (name === '')
    throw flagError('run', `invalid argument ${JSON.stringify(text)} for "--label" flag (expected NAME=value)`);
  return [name, equals < 0 ? '' : text.slice(equals + 1)];
}
