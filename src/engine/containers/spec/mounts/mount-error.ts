/** A mount that the user asked for and can't have: names the flag, the value, and what would be right. */
import { GockerError } from '../../../../errors/index.ts';

export type MountFlag = '--mount' | '--volume' | '--tmpfs' | '--volumes-from';

/** Code `VOLUME_INVALID`; docker's words for what is wrong often say themselves what would be right. */
export function mountError(flag: MountFlag, value: string, why: string, expected?: string): GockerError {
  const suffix = expected === undefined ? '' : ` (expected ${expected})`;
  return new GockerError('VOLUME_INVALID', `invalid argument ${JSON.stringify(value)} for "${flag}": ${why}${suffix}`);
}
