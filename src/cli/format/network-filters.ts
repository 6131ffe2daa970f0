/** The texts after `network ls --filter`. */
import type { NetworkFilters } from '../../engine/index.ts';
import { flagError } from '../usage-error.ts';

const keys = { driver: 'drivers', id: 'ids', label: 'labels', name: 'names', scope: 'scopes' } as const;
const expected = 'dangling=true|false, driver=, id=, label=, name=, scope= or type=custom|builtin';

/** @throws UsageError */
export function readNetworkFilters(conditions: readonly string[]): NetworkFilters {
  const lists: { [K in (typeof keys)[keyof typeof keys]]?: string[] } = {};
  const types: ('builtin' | 'custom')[] = [];
  let dangling: boolean | undefined;
  for (const condition of conditions) {
    const equals = condition.indexOf('=');
    const [key, value] = [condition.slice(0, Math.max(equals, 0)), condition.slice(equals + 1)];
    if (key === 'dangling' && /^(?:true|1|false|0)$/.test(value)) dangling = value === 'true' || value === '1';
    else if (key === 'type' && (value === 'custom' || value === 'builtin')) types.push(value);
    else if (Object.hasOwn(keys, key)) {
      const list = keys[key as keyof typeof keys];
      lists[list] = [...(lists[list] ?? []), value];
    } else {
      throw flagError('network ls', `invalid filter ${JSON.stringify(condition)} (expected ${expected})`);
    }
  }
  return { ...lists, ...(types.length === 0 ? {} : { types }), ...(dangling === undefined ? {} : { dangling }) };
}
