/** The error of an option that can't be taken, for callers of the library and of the command line alike. */
import { GockerError } from '../../errors/index.ts';

export interface OptionFault {
  /** `SYSCTL_INVALID` */
  readonly code: string;
  /** As docker's users know it: `--sysctl`. */
  readonly flag: string;
  readonly value: string | number;
  readonly is: string;
  readonly expected: string;
  readonly hint?: string | undefined;
}

/** Begins as docker's errors of flags do, and goes on with what is and what should be. */
export function optionError({ code, flag, value, is, expected, hint }: OptionFault): GockerError {
  const message = `invalid argument ${JSON.stringify(`${value}`)} for "${flag}": ${is} (expected ${expected})`;
  return new GockerError(code, message, { hint });
}
