/**
 * The text after --tmpfs:
 *
 *   tmpfs ::= target [":" option {"," option}]
 */
import { checkDestination } from './destination.ts';
import type { TmpfsPoint } from './mount-point.ts';
import { checkTmpfsOptions } from './tmpfs-options.ts';

const defaults = ['noexec', 'nosuid', 'nodev'];

/** @throws GockerError `VOLUME_INVALID` */
export function parseTmpfs(value: string): TmpfsPoint {
  const flag = '--tmpfs';
  const colon = value.indexOf(':');
  const target = colon < 0 ? value : value.slice(0, colon);
  const options = (colon < 0 ? '' : value.slice(colon + 1)).split(',').filter((option) => option !== '');
  checkTmpfsOptions(options, { flag, value });
  return {
    type: 'tmpfs',
    destination: checkDestination(target, { flag, value }),
    access: options.lastIndexOf('ro') > options.lastIndexOf('rw') ? 'ro' : 'rw',
    mode: '',
    options: withDefaults(options),
    byTmpfs: true,
  };
}

/** What docker sets unless told otherwise. */
export function withDefaults(options: readonly string[]): string[] {
  return [...defaults.filter((word) => !options.includes(word.slice(2)) && !options.includes(word)), ...options];
}
