/**
 * registries.conf, containers-registries.conf(5), version 2: where a name is really fetched from. Docker Hub's rules for short
 * names hold whatever `unqualified-search-registries`, `short-name-mode` and `[aliases]` say: they are read over.
 */
import { RegistryError } from './registry-error.ts';

/** For which references a mirror is asked. */
export type PullFromMirror = 'all' | 'digest-only' | 'tag-only';

export interface Mirror {
  /** `host[:port][/path]`, takes the place of the prefix. */
  readonly location: string;
  readonly insecure: boolean;
  readonly pullFromMirror: PullFromMirror;
}

export interface RegistryRule {
  /** `host[:port][/path][:tag|@digest]` or `*.example.com`. */
  readonly prefix: string;
  /** What takes the prefix's place; undefined: nothing. */
  readonly location: string | undefined;
  /** Undefined: not said. */
  readonly insecure: boolean | undefined;
  readonly blocked: boolean;
  readonly mirrors: readonly Mirror[];
  /** The file that says so. */
  readonly file: string;
}

type Table = Readonly<Record<string, unknown>>;

/**
 * The rules of one file.
 *
 * @param table the parsed TOML
 * @throws RegistryError `REGISTRIES_CONF_INVALID`
 */
export function parseRegistryRules(table: Table, file: string): RegistryRule[] {
  return tables(table, 'registry', file).map((entry) => {
    const location = optionalString(entry, 'location', file);
    const prefix = optionalString(entry, 'prefix', file) || location;
    if (!prefix) throw invalid(file, 'a [[registry]] has neither "prefix" nor "location"', 'one of them');
    if (!location && !prefix.startsWith('*.'))
      throw invalid(file, `[[registry]] "${prefix}" has no "location"`, 'the host that serves it');
    const digestOnly = optionalBoolean(entry, 'mirror-by-digest-only', file) ?? false;
    return {
      prefix: normalize(prefix),
      location: location ? normalize(location) : undefined,
      insecure: optionalBoolean(entry, 'insecure', file),
      blocked: optionalBoolean(entry, 'blocked', file) ?? false,
      mirrors: tables(entry, 'mirror', file).map((mirror) => parseMirror(mirror, digestOnly, file)),
      file,
    };
  });
}

/** Rules of several files: a later one replaces an earlier one with its prefix. */
export function mergeRegistryRules(files: readonly (readonly RegistryRule[])[]): RegistryRule[] {
  return [...new Map(files.flat().map((rule) => [rule.prefix, rule])).values()];
}

/** How much of a name a prefix covers, up to a `/`, `:` or `@` or the end. @returns characters, or undefined: not at all */
export function matchPrefix(name: string, prefix: string): number | undefined {
  if (prefix.startsWith('*.')) {
    const host = /^[^/:@]+/.exec(name)?.[0] ?? '';
    const port = /:\d+$/.exec(prefix)?.[0] ?? '';
    const domain = prefix.slice(1, prefix.length - port.length);
    return host.endsWith(domain) && name.startsWith(host + port) ? host.length + port.length : undefined;
  }
  if (!name.startsWith(prefix)) return undefined;
  const next = name[prefix.length];
  // Without a path the prefix is a host, and what follows its ":" is a port: another registry.
  const ends = next === undefined || next === '/' || (prefix.includes('/') && (next === ':' || next === '@'));
  return ends ? prefix.length : undefined;
}

/** The rule with the longest prefix that covers the name. */
export function findRule(rules: readonly RegistryRule[], name: string): RegistryRule | undefined {
  return rules
    .filter((rule) => matchPrefix(name, rule.prefix) !== undefined)
    .sort((a, b) => b.prefix.length - a.prefix.length)[0];
}

function parseMirror(entry: Table, digestOnly: boolean, file: string): Mirror {
  const location = optionalString(entry, 'location', file);
  if (!location) throw invalid(file, 'a [[registry.mirror]] has no "location"', 'the host that serves it');
  const pull = optionalString(entry, 'pull-from-mirror', file) || (digestOnly ? 'digest-only' : 'all');
  if (pull !== 'all' && pull !== 'digest-only' && pull !== 'tag-only')
    throw invalid(file, `"pull-from-mirror" is "${pull}"`, '"all", "digest-only" or "tag-only"');
  return {
    location: normalize(location),
    insecure: optionalBoolean(entry, 'insecure', file) ?? false,
    pullFromMirror: pull,
  };
}

function normalize(location: string): string {
  return location.replace(/^https?:\/\//, '').replace(/\/+$/, '');
}

function tables(table: Table, key: string, file: string): Table[] {
  const value = table[key] ?? [];
  const isTable = (item: unknown): item is Table => typeof item === 'object' && item !== null && !Array.isArray(item);
  if (Array.isArray(value) && value.every(isTable)) return value;
  throw invalid(file, `"${key}" is no array of tables`, `[[${key}]]`);
}

function optionalString(table: Table, key: string, file: string): string | undefined {
  const value = table[key];
  if (value === undefined || typeof value === 'string') return value;
  throw invalid(file, `"${key}" is ${JSON.stringify(value)}`, 'a string');
}

function optionalBoolean(table: Table, key: string, file: string): boolean | undefined {
  const value = table[key];
  if (value === undefined || typeof value === 'boolean') return value;
  throw invalid(file, `"${key}" is ${JSON.stringify(value)}`, 'true or false');
}

function invalid(file: string, found: string, expected: string): RegistryError {
  return new RegistryError('REGISTRIES_CONF_INVALID', `cannot use "${file}": ${found} (expected ${expected})`, {
    hint: 'See containers-registries.conf(5).',
  });
}
