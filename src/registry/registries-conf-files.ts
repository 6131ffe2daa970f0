/** Where registries.conf lies, containers-registries.conf(5) §FILES, and what its files say together. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from './proxy.ts';
import { mergeRegistryRules, parseRegistryRules, type RegistryRule } from './registries-conf.ts';
import { RegistryError } from './registry-error.ts';

const systemFile = '/etc/containers/registries.conf';

/**
 * The main file: $GOCKER_REGISTRIES_CONF, else $CONTAINERS_REGISTRIES_CONF, else the user's, else the system's.
 *
 * @returns undefined where there is none; a file that a variable names is returned whether it is there or not
 */
export function findRegistriesConf(env: Environment): string | undefined {
  const named = env.GOCKER_REGISTRIES_CONF || env.CONTAINERS_REGISTRIES_CONF;
  if (named) return named;
  return [userFile(env), systemFile].find((file) => file !== undefined && existsSync(file));
}

/**
 * Reads the main file, then its drop-ins `<file>.d/*.conf` in the order of their names. A file that was named (here or by a
 * variable) stands alone with its own drop-ins; else both the system's drop-ins and, after them, the user's count.
 *
 * @throws RegistryError `REGISTRIES_CONF_INVALID`
 */
export async function loadRegistryRules(env: Environment, named?: string): Promise<RegistryRule[]> {
  const explicit = named || env.GOCKER_REGISTRIES_CONF || env.CONTAINERS_REGISTRIES_CONF;
  const main = explicit || findRegistriesConf(env);
  const owners = explicit ? [explicit] : [systemFile, userFile(env)].filter((file) => file !== undefined);
  const dropIns = await Promise.all(owners.map((file) => listDropIns(`${file}.d`)));
  const files = [...(main === undefined ? [] : [main]), ...dropIns.flat()];
  return mergeRegistryRules(await Promise.all(files.map(readRules)));
}

function userFile(env: Environment): string | undefined {
  const config = env.XDG_CONFIG_HOME || (env.HOME && join(env.HOME, '.config'));
  return config ? join(config, 'containers/registries.conf') : undefined;
}

async function listDropIns(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names
    .filter((name) => name.endsWith('.conf'))
    .sort()
    .map((name) => join(directory, name));
}

async function readRules(file: string): Promise<RegistryRule[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw invalid(file, `it can't be read (${(error as NodeJS.ErrnoException).code})`, 'a readable file', error);
  }
  // Debian's files are comments and short names: no grammar is loaded for those.
  if (!/^\s*\[*\s*"?registry\b/m.test(text)) return [];
  const { parse } = await import('smol-toml');
  let table: Record<string, unknown>;
  try {
    table = parse(text);
  } catch (error) {
    throw invalid(file, `it is no TOML: ${(error as Error).message.split('\n')[0]}`, 'TOML', error);
  }
  return parseRegistryRules(table, file);
}

function invalid(file: string, found: string, expected: string, cause: unknown): RegistryError {
  return new RegistryError('REGISTRIES_CONF_INVALID', `cannot use "${file}": ${found} (expected ${expected})`, {
    hint: 'See containers-registries.conf(5), or name another file in GOCKER_REGISTRIES_CONF.',
    cause,
  });
}
