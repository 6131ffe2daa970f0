/** `--log-driver` and `--log-opt`: docker's two drivers that can be read are two names of one log here, each with its own limits. */
import type { GockerError } from '../../errors/index.ts';
import type { LoggingOptions } from '../options/logging-options.ts';
import { optionError } from '../options/option-error.ts';
import type { LoggingRecord } from './logging.ts';

/** `unit`: what a kilobyte is, by docker's own code. `maxSize`, `maxFiles`: where nothing is asked for. */
const drivers = {
  'json-file': { unit: 1000, known: ['max-size', 'max-file', 'compress', 'labels', 'env'], defaults: {} },
  local: {
    unit: 1024,
    known: ['max-size', 'max-file', 'compress'],
    defaults: { maxSize: 20 * 1024 * 1024, maxFiles: 5 },
  },
} as const;

/** @throws GockerError `LOG_DRIVER_UNKNOWN`, `LOG_OPTION_INVALID` */
export function chooseLogging({ logDriver = 'json-file', logOptions = {} }: LoggingOptions): LoggingRecord {
  const given = Object.entries(logOptions);
  const [first] = given;
  if (logDriver === 'none') {
    if (first !== undefined) throw invalid(first, 'invalid logging opts for driver none', 'none of them');
    return { driver: 'none', options: {} };
  }
  if (logDriver !== 'json-file' && logDriver !== 'local') throw unknownDriver(logDriver);
  const { unit, known, defaults } = drivers[logDriver];
  for (const option of given) {
    if (known.some((name) => name === option[0])) continue;
    throw invalid(option, `unknown log opt '${option[0]}' for ${logDriver} log driver`, known.join(', '));
  }
  checkCompression(logOptions.compress);
  return { driver: logDriver, options: logOptions, ...defaults, ...limits(logOptions, unit) };
}

function limits(options: Readonly<Record<string, string>>, unit: number) {
  const size = options['max-size'];
  const files = options['max-file'];
  return {
    ...(size === undefined ? {} : { maxSize: parseMaxSize(size, unit) }),
    ...(files === undefined ? {} : { maxFiles: parseMaxFiles(files) }),
  };
}

/** As options/size.ts has it, but for the unit. */
function parseMaxSize(text: string, unit: number): number {
  const [, number, letter = ''] = /^(\d+(?:\.\d+)?) ?([kmgtp]?)i?b?$/i.exec(text) ?? [];
  const power = ['', 'k', 'm', 'g', 't', 'p'].indexOf(letter.toLowerCase());
  if (number === undefined)
    throw invalid(['max-size', text], `invalid size: '${text}'`, 'a number of bytes: 500k, 10m');
  const bytes = Math.floor(Number(number) * unit ** power);
  if (bytes > 0) return bytes;
  throw invalid(['max-size', text], 'max-size must be a positive number', 'a number of bytes: 500k, 10m');
}

function parseMaxFiles(text: string): number {
  const number = /^\+?\d{1,6}$/.test(text) ? Number(text) : undefined;
  if (number !== undefined && number > 0) return number;
  const is = number === 0 || /^-\d+$/.test(text) ? 'max-file cannot be less than 1' : 'it is no number';
  throw invalid(['max-file', text], is, 'how many files there may be: 3');
}

function checkCompression(text: string | undefined): void {
  if (text === undefined || ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return;
  throw invalid(['compress', text], 'gocker keeps rotated logs as they are', 'compress=false');
}

function invalid([name, value]: readonly [string, string], is: string, expected: string): GockerError {
  return optionError({ code: 'LOG_OPTION_INVALID', flag: '--log-opt', value: `${name}=${value}`, is, expected });
}

function unknownDriver(driver: string): GockerError {
  return optionError({
    code: 'LOG_DRIVER_UNKNOWN',
    flag: '--log-driver',
    value: driver,
    is: 'there is no such driver here',
    expected: 'json-file, local or none',
    hint: 'Any other program can have the lines from "gocker logs --follow".',
  });
}
