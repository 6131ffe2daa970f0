/** The texts after `events --filter`. */
import type { EventFilters } from '../../engine/index.ts';
import { flagError } from '../usage-error.ts';

const keys: Readonly<Record<string, keyof EventFilters>> = {
  container: 'containers',
  event: 'events',
  image: 'images',
  label: 'labels',
  network: 'networks',
  type: 'types',
  volume: 'volumes',
};

/** @throws UsageError */
export function readEventFilters(conditions: readonly string[]): EventFilters {
  const filters: Partial<Record<keyof EventFilters, string[]>> = {};
  for (const condition of conditions) {
    const equals = condition.indexOf('=');
    const name = condition.slice(0, Math.max(equals, 0)).trim().toLowerCase();
    const key = Object.hasOwn(keys, name) ? keys[name] : undefined;
    if (key === undefined) {
      const known = `${Object.keys(keys).join('=, ')}=`;
      throw flagError('events', `invalid filter ${JSON.stringify(condition)} (expected ${known})`);
    }
    filters[key] = [...(filters[key] ?? []), condition.slice(equals + 1).trim()];
  }
  return filters;
}
