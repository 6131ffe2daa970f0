/** How many pulls a registry still allows, as Docker Hub says it: `ratelimit-limit: 100;w=21600`, `ratelimit-remaining: 76;w=21600`. */
import { firstHeader, type HttpHeaders } from './exchange.ts';

export interface Allowance {
  /** Pulls in a window. */
  readonly limit: number;
  readonly remaining: number;
  /** Length of the window. */
  readonly seconds?: number;
}

/** @returns undefined where the registry does not tell */
export function parseAllowance(headers: HttpHeaders): Allowance | undefined {
  const limit = parseItem(firstHeader(headers, 'ratelimit-limit'));
  const remaining = parseItem(firstHeader(headers, 'ratelimit-remaining'));
  if (limit === undefined || remaining === undefined) return undefined;
  const seconds = remaining.window ?? limit.window;
  return { limit: limit.count, remaining: remaining.count, ...(seconds === undefined ? {} : { seconds }) };
}

/** `count [ ";w=" seconds ]` */
function parseItem(value: string | undefined): { count: number; window: number | undefined } | undefined {
  const match = /^\s*(\d{1,9})\s*(?:;\s*w=(\d{1,9}))?/.exec(value ?? '');
  if (match === null) return undefined;
  return { count: Number(match[1]), window: match[2] === undefined ? undefined : Number(match[2]) };
}
