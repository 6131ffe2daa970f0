/** From flags to what the engine takes. */
import { resolve } from 'node:path';
import type { PullPolicy, RunOptions } from '../../engine/index.ts';
import { flagError } from '../usage-error.ts';
import { type Environment, readEnvironment } from './environment.ts';
import type { RunFlags } from './run-flags.ts';

/**
 * @param operands the image, then the command and its arguments
 * @throws GockerError where a variable, a label or a volume can't be read
 */
export function readRunOptions(
  flags: RunFlags,
  [image = '', ...command]: readonly string[],
  own: Environment,
): RunOptions {
  const texts = {
    name: flags.name,
    hostname: flags.hostname,
    user: flags.user,
    workdir: flags.workdir,
    platform: flags.platform,
  };
  return {
    image,
    ...(command.length === 0 ? {} : { command }),
    ...present(texts),
    // docker's way to say "no entrypoint" is an empty one.
    ...(flags.entrypoint === undefined ? {} : { entrypoint: flags.entrypoint === '' ? [] : [flags.entrypoint] }),
    env: readEnvironment(flags.envFile, flags.env, own),
    labels: Object.fromEntries(flags.label.map(readLabel)),
    volumes: flags.volume.map(absoluteSource),
    tmpfs: flags.tmpfs,
    autoRemove: flags.rm,
    readOnly: flags.readOnly,
    interactive: flags.interactive,
    tty: flags.tty,
    fallback: !flags.noFallback,
    timing: flags.explain !== undefined,
    // The option table admits no other values.
    ...(flags.network === undefined ? {} : { network: flags.network as 'none' | 'host' }),
    ...(flags.pull === undefined ? {} : { pull: flags.pull as PullPolicy }),
  };
}

function present<T extends Readonly<Record<string, string | undefined>>>(texts: T): { [K in keyof T]?: string } {
  const given = Object.entries(texts).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: string };
}

function readLabel(text: string): [string, string] {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  if (name === '')
    throw flagError('run', `invalid argument ${JSON.stringify(text)} for "--label" flag (expected NAME=value)`);
  return [name, equals < 0 ? '' : text.slice(equals + 1)];
}

/** `./data:/data` is meant from where the user stands; the engine knows no such place. */
function absoluteSource(volume: string): string {
  const [source = '', ...rest] = volume.split(':');
  const relative = source === '.' || source === '..' || /^\.\.?\//.test(source);
  return relative && rest.length > 0 ? [resolve(source), ...rest].join(':') : volume;
}
