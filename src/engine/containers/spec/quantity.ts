/** Quantities as docker's flags take them. Pure. */
import type { GockerError } from '../../../errors/index.ts';
import { optionError } from '../../options/option-error.ts';
import { parseSize } from '../../options/size.ts';

/**
 * @param flag for the error: `--memory`
 * @returns bytes
 * @throws GockerError `LIMIT_INVALID`
 */
export function parseBytes(text: string, flag: string): number {
  const bytes = parseSize(text);
  if (bytes !== undefined && Number.isSafeInteger(bytes)) return bytes;
  throw limitError(flag, text, 'invalid size', 'a number and b, k, m or g: 64m');
}

/** @throws GockerError `LIMIT_INVALID` */
export function parseWhole(text: string, flag: string): number {
  const number = Number(text);
  if (/^[+-]?\d+$/.test(text) && Number.isSafeInteger(number)) return number;
  throw limitError(flag, text, 'invalid syntax', 'a whole number');
}

/** CPUs in billionths: what docker calls NanoCpus. @throws GockerError `LIMIT_INVALID` */
export function parseNanoCpus(text: string): number {
  const [, whole = '', , fraction = ''] = /^(\d+)(\.(\d+))?$/.exec(text) ?? [];
  if (whole === '') throw limitError('--cpus', text, 'it is no number', 'such as 1.5');
  if (fraction.replace(/0+$/, '').length > 9) {
    throw limitError('--cpus', text, 'value is too precise', 'at most nine digits after the point');
  }
  return Number(whole) * 1e9 + Number(fraction.slice(0, 9).padEnd(9, '0'));
}

export function limitError(flag: string, value: string, is: string, expected: string): GockerError {
  return optionError({ code: 'LIMIT_INVALID', flag, value, is, expected });
}
