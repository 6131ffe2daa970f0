/** What runs in a container: image-spec v1.1.1 config.md (`config`) with the user's words on top, as docker combines them. */
import { GockerError } from '../../../errors/index.ts';
import type { ExecutionConfig } from '../../../oci/index.ts';
import type { RunOptions } from '../../options/run-options.ts';

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Entrypoint and Cmd in one: the user's command takes the place of Cmd, the user's entrypoint that of both.
 *
 * @throws GockerError `COMMAND_MISSING`
 */
export function chooseArguments(config: ExecutionConfig, options: RunOptions): readonly string[] {
  const entrypoint = options.entrypoint ?? config.Entrypoint ?? [];
  const given = options.command !== undefined && options.command.length > 0 ? options.command : undefined;
  const command = given ?? (options.entrypoint === undefined ? (config.Cmd ?? []) : []);
  const args = [...entrypoint, ...command];
  if (args.length > 0) return args;
  throw new GockerError('COMMAND_MISSING', `cannot run "${options.image}": the image names no command`, {
    hint: `Give one: gocker run ${options.image} COMMAND.`,
  });
}

export interface EnvironmentFacts {
  readonly hostname: string;
  readonly home: string;
  readonly tty: boolean;
}

/** docker's order: its own defaults, the image's, the user's; HOME only where nobody set it. Each name stands once. */
export function mergeEnvironment(image: readonly string[], user: readonly string[], facts: EnvironmentFacts): string[] {
  const values = new Map<string, string>([
    ['PATH', defaultPath],
    ['HOSTNAME', facts.hostname],
  ]);
  if (facts.tty) values.set('TERM', 'xterm');
  for (const entry of [...image, ...user]) {
    const equals = entry.indexOf('=');
    if (equals < 1 || entry.includes('\0')) {
      throw new GockerError('ENV_INVALID', `cannot set variable ${JSON.stringify(entry)}: it is not NAME=value`);
    }
    values.set(entry.slice(0, equals), entry.slice(equals + 1));
  }
  if (!values.has('HOME')) values.set('HOME', facts.home);
  return [...values].map(([name, value]) => `${name}=${value}`);
}
