/** A mount that the user asked for and can't have: names the flag, the value, and what would be right. */
import { GockerError } from '../../../../errors/index.ts';

export type MountFlag = '--mount' | '--volume' | '--tmpfs' | '--volumes-from';

export interface MountErrorOptions {
  readonly expected?: string;
  readonly hint?: string;
}

/** Code `VOLUME_INVALID`. */
export function mountError(flag: MountFlag, value: string, why: string, options: MountErrorOptions = {}): GockerError {
  const expected = options.expected === undefined ? '' : ` (expected ${options.expected})`;
  const message = `invalid argument ${JSON.stringify(value)} for "${flag}": ${why}${expected}`;
  return new GockerError('VOLUME_INVALID', message, { hint: options.hint });
}
