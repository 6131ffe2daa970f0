/** The texts after `--filter` of the network commands. */
import type { NetworkFilters } from '../../engine/index.ts';
import { flagError } from '../usage-error.ts';

const lists = {
  driver: 'drivers',
  id: 'ids',
  label: 'labels',
  name: 'names',
  scope: 'scopes',
} as const satisfies Readonly<Record<string, keyof NetworkFilters>>;

type Key = keyof typeof lists | 'dangling' | 'type';

/** @param known the keys that the command has @throws UsageError */
export function readNetworkFilters(
  command: string,
  conditions: readonly string[],
  known: readonly Key[],
): NetworkFilters {
  let filters: NetworkFilters = {};
  for (const condition of conditions) {
    const equals = condition.indexOf('=');
    const [key, value] = [condition.slice(0, Math.max(equals, 0)), condition.slice(equals + 1)];
    const found = known.find((name) => name === key);
    if (found === 'dangling' && /^(?:true|1|false|0)$/.test(value)) {
      filters = { ...filters, dangling: value === 'true' || value === '1' };
    } else if (found === 'type' && (value === 'custom' || value === 'builtin')) {
      filters = { ...filters, type: value };
    } else if (found !== undefined && found !== 'dangling' && found !== 'type') {
      filters = { ...filters, [lists[found]]: [...(filters[lists[found]] ?? []), value] };
    } else {
      throw flagError(command, `invalid filter ${JSON.stringify(condition)} (expected ${known.join('=, ')}=)`);
    }
  }
  return filters;
}
