/** Which networks `network ls --filter` and the prunes mean: docker's rules. Pure. */
import type { NetworkDetails, NetworkFilters, PruneNetworksOptions } from '../options/network-options.ts';
import { predefined } from './network-store.ts';

/** @param used ids of those that containers have, running or not */
export function matchesNetwork(network: NetworkDetails, filters: NetworkFilters, used: ReadonlySet<string>): boolean {
  const isOurs = predefined.some((name) => name === network.Name);
  const isDangling = !isOurs && !used.has(network.Id);
  return (
    (filters.dangling === undefined || filters.dangling === isDangling) &&
    any(filters.drivers, (driver) => driver === network.Driver) &&
    any(filters.ids, (pattern) => has(network.Id, pattern)) &&
    any(filters.names, (pattern) => has(network.Name, pattern)) &&
    any(filters.scopes, (scope) => scope === network.Scope) &&
    any(filters.types, (type) => (type === 'builtin') === isOurs) &&
    (filters.labels ?? []).every((label) => hasLabel(network.Labels, label))
  );
}

/** @param before milliseconds since 1970 */
export function isToBePruned(
  { created, labels }: { readonly created: string; readonly labels: Readonly<Record<string, string>> },
  { labels: wanted = [], labelsNot = [] }: PruneNetworksOptions,
  before: bigint | undefined,
): boolean {
  return (
    (before === undefined || BigInt(Date.parse(created)) < before) &&
    wanted.every((label) => hasLabel(labels, label)) &&
    !labelsNot.some((label) => hasLabel(labels, label))
  );
}

function any<T>(wanted: readonly T[] | undefined, matches: (value: T) => boolean): boolean {
  return wanted === undefined || wanted.length === 0 || wanted.some(matches);
}

/** What is no pattern matches nothing. */
function has(text: string, pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    return false;
  }
}

function hasLabel(labels: Readonly<Record<string, string>>, label: string): boolean {
  const equals = label.indexOf('=');
  if (equals < 0) return Object.hasOwn(labels, label);
  const [name, value] = [label.slice(0, equals), label.slice(equals + 1)];
  return Object.hasOwn(labels, name) && labels[name] === value;
}
