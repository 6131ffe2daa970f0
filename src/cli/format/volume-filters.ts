/** The texts after `--filter` of the volume commands. */
import type { VolumeFilters } from '../../engine/index.ts';
import { flagError } from '../usage-error.ts';

const keys = {
  driver: 'drivers',
  label: 'labels',
  'label!': 'labelsNot',
  name: 'names',
} as const satisfies Readonly<Record<string, keyof VolumeFilters>>;

/** @param known the keys that the command has @throws UsageError */
export function readVolumeFilters(
  command: string,
  conditions: readonly string[],
  known: readonly ('dangling' | keyof typeof keys)[],
): VolumeFilters {
  const filters: { dangling?: boolean; drivers?: string[]; labels?: string[]; labelsNot?: string[]; names?: string[] } =
    {};
  for (const condition of conditions) {
    const equals = condition.indexOf('=');
    const [key, value] = [condition.slice(0, Math.max(equals, 0)), condition.slice(equals + 1)];
    const isKnown = known.some((name) => name === key);
    if (isKnown && key === 'dangling' && /^(?:true|1|false|0)$/.test(value)) {
      filters.dangling = value === 'true' || value === '1';
      continue;
    }
    if (!isKnown || !(key in keys)) {
      throw flagError(command, `invalid filter ${JSON.stringify(condition)} (expected ${known.join('=, ')}=)`);
    }
    const list = keys[key as keyof typeof keys];
    filters[list] = [...(filters[list] ?? []), value];
  }
  return filters;
}
