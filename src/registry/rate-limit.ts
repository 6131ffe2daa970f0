/** How many pulls a registry still allows, as Docker Hub says it: `ratelimit-limit: 100;w=21600`, `ratelimit-remaining: 76;w=21600`. */
import type { HttpHeaders } from './exchange.ts';

export interface RateLimit {
  /** Pulls in a window. */
  readonly limit: number;
  readonly remaining: number;
  readonly windowSeconds?: number;
}

/** @returns undefined where the registry does not tell */
export function parseRateLimit(headers: HttpHeaders): RateLimit | undefined {
  const limit = parseItem(headers['ratelimit-limit']);
  const remaining = parseItem(headers['ratelimit-remaining']);
  if (limit === undefined || remaining === undefined) return undefined;
  const windowSeconds = remaining.window ?? limit.window;
  return {
    limit: limit.count,
    remaining: remaining.count,
    ...(windowSeconds === undefined ? {} : { windowSeconds }),
  };
}

/** `count [ ";w=" seconds ]` */
function parseItem(value: string | string[] | undefined): { count: number; window: number | undefined } | undefined {
  const match = /^\s*(\d{1,9})\s*(?:;\s*w=(\d{1,9}))?/.exec([value].flat()[0] ?? '');
  if (match === null) return undefined;
  return { count: Number(match[1]), window: match[2] === undefined ? undefined : Number(match[2]) };
}
