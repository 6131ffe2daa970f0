/** What a container's health is judged by: the user's options over the image's HEALTHCHECK, with docker's defaults. Pure. */
import { GockerError } from '../../../errors/index.ts';
import type { Healthcheck } from '../../../oci/index.ts';
import { parseDuration } from '../../options/duration.ts';
import type { HealthOptions } from '../../options/health-options.ts';
import { optionError } from '../../options/option-error.ts';

const MILLISECOND = 1e6;
const SECOND = 1e9;
const SHORTEST = MILLISECOND;

const durations = [
  ['Interval', 'healthInterval', '--health-interval'],
  ['Timeout', 'healthTimeout', '--health-timeout'],
  ['StartPeriod', 'healthStartPeriod', '--health-start-period'],
  ['StartInterval', 'healthStartInterval', '--health-start-interval'],
] as const;

/**
 * As docker merges them: what the user leaves out is the image's.
 *
 * @returns what the record keeps, `Test` of `NONE` included; undefined where nobody says anything
 * @throws GockerError `HEALTHCHECK_INVALID`
 */
export function chooseHealthcheck(image: Healthcheck | undefined, options: HealthOptions): Healthcheck | undefined {
  const given = readOptions(options);
  const isGiven = Object.keys(given).length > 0;
  if (options.noHealthcheck === true) {
    if (!isGiven) return { Test: ['NONE'] };
    throw new GockerError('HEALTHCHECK_INVALID', '--no-healthcheck conflicts with --health-* options', {
      hint: 'Leave out one or the other.',
    });
  }
  if (!isGiven) return image;
  const [kind] = image?.Test ?? [];
  // docker keeps such a check and never runs it.
  if (given.Test === undefined && (kind === undefined || kind === 'NONE')) {
    throw new GockerError('HEALTHCHECK_INVALID', 'cannot check health: the image has no HEALTHCHECK to change', {
      hint: 'Say what to run with --health-cmd.',
    });
  }
  return { ...image, ...given };
}

/** In milliseconds, nothing left out. */
export interface ProbePlan {
  /** Arguments of the probe. */
  readonly command: readonly string[];
  readonly interval: number;
  readonly timeout: number;
  readonly startPeriod: number;
  readonly startInterval: number;
  readonly retries: number;
}

/** @param shell the image's SHELL @returns undefined where there is nothing to run */
export function planProbe(check: Healthcheck | undefined, shell: readonly string[] = []): ProbePlan | undefined {
  const [kind, ...rest] = check?.Test ?? [];
  const command = kind === 'CMD-SHELL' ? [...(shell.length > 0 ? shell : ['/bin/sh', '-c']), ...rest] : rest;
  if ((kind !== 'CMD' && kind !== 'CMD-SHELL') || rest.length === 0) return undefined;
  // 0 stands for the default, as everywhere in docker.
  const or = (value: number | undefined, usual: number) => (value || usual) / MILLISECOND;
  return {
    command,
    interval: or(check?.Interval, 30 * SECOND),
    timeout: or(check?.Timeout, 30 * SECOND),
    startPeriod: or(check?.StartPeriod, 0),
    startInterval: or(check?.StartInterval, 5 * SECOND),
    retries: check?.Retries || 3,
  };
}

function readOptions(options: HealthOptions): Healthcheck {
  const { healthCmd, healthRetries } = options;
  const given: { -readonly [K in keyof Healthcheck]: Healthcheck[K] } = {};
  if (healthCmd !== undefined && healthCmd !== '') given.Test = ['CMD-SHELL', healthCmd];
  for (const [key, option, flag] of durations) {
    const text = options[option];
    const length = text === undefined ? 0 : readDuration(text, flag);
    if (length !== 0) given[key] = length;
  }
  const retries = healthRetries === undefined ? 0 : readRetries(`${healthRetries}`);
  if (retries !== 0) given.Retries = retries;
  return given;
}

function readDuration(text: string, flag: string): number {
  const length = parseDuration(text);
  if (length === undefined) throw invalid(flag, text, 'it is no duration', 'such as 1m30s');
  if (length < 0) throw invalid(flag, text, 'it cannot be negative', 'such as 1m30s');
  if (length === 0 || length >= SHORTEST) return length;
  throw invalid(flag, text, 'it cannot be less than 1ms', '1ms or more, or 0 for the default');
}

function readRetries(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw invalid('--health-retries', text, 'it is no whole number', 'such as 3');
  if (Number(text) < 0) throw invalid('--health-retries', text, 'it cannot be negative', 'such as 3');
  return Number(text);
}

function invalid(flag: string, value: string, is: string, expected: string) {
  return optionError({ code: 'HEALTHCHECK_INVALID', flag, value, is, expected });
}
