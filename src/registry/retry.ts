/** When to try again: exponential backoff with full jitter, and `Retry-After`, RFC 9110 §10.2.3. */
import { setTimeout as sleep } from 'node:timers/promises';
import { RegistryError } from './registry-error.ts';

export interface RetryPolicy {
  /** Tries in a row without progress, the first one included. */
  readonly attempts: number;
  /** Before the second try, on average half of this; doubles with each. Milliseconds. */
  readonly baseDelayMs: number;
  /** Most that we wait of our own will. Milliseconds. */
  readonly maxDelayMs: number;
  /** Most that we wait because the server says so; one that asks for more fails at once. Milliseconds. */
  readonly maxRetryAfterMs: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  attempts: 6,
  baseDelayMs: 500,
  maxDelayMs: 15_000,
  maxRetryAfterMs: 60_000,
};

/** `Retry-After = HTTP-date / delay-seconds`. @returns milliseconds from now, never negative; undefined where malformed */
export function parseRetryAfter(value: string | string[] | undefined, now = Date.now()): number | undefined {
  const text = [value].flat()[0]?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // All three forms of HTTP-date (RFC 9110 §5.6.7) begin with a day's name; Date.parse alone would take "-5" too.
  const date = /^(?:mon|tue|wed|thu|fri|sat|sun)/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/**
 * What to wait after so many failures in a row.
 *
 * @returns milliseconds, or undefined where it is no use to try again
 */
export function retryDelay(error: unknown, failures: number, policy: RetryPolicy): number | undefined {
  if (!(error instanceof RegistryError) || !error.transient || failures >= policy.attempts) return undefined;
  if (error.retryAfterMs !== undefined)
    return error.retryAfterMs > policy.maxRetryAfterMs ? undefined : error.retryAfterMs;
  return Math.random() * Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (failures - 1));
}

/** @throws the signal's reason */
export async function pause(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(delayMs, undefined, { ...(signal && { signal }) });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

export interface Retrying {
  readonly policy: RetryPolicy;
  readonly signal: AbortSignal | undefined;
  readonly onRetry: (error: RegistryError, delayMs: number) => void;
}

/** Does it until it succeeds, fails for good, or has failed often enough. @throws the last failure */
export async function withRetries<T>(attempt: () => Promise<T>, { policy, signal, onRetry }: Retrying): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      const delayMs = retryDelay(error, failures, policy);
      if (delayMs === undefined) throw error;
      onRetry(error as RegistryError, delayMs);
      await pause(delayMs, signal);
    }
  }
}
