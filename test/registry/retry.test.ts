import { expect, test } from 'vitest';
import { RegistryError } from '../../src/registry/index.ts';
import { parseRetryAfter, type RetryPolicy, retryDelay } from '../../src/registry/retry.ts';

const now = Date.UTC(2024, 0, 1, 12, 0, 0);

test.each([
  ['0', 0],
  ['120', 120_000],
  [' 7 ', 7000],
  ['Mon, 01 Jan 2024 12:00:30 GMT', 30_000],
  ['Monday, 01-Jan-24 12:00:30 GMT', 30_000],
  ['Mon Jan  1 12:00:30 2024 GMT', 30_000],
  ['Mon, 01 Jan 2024 11:00:00 GMT', 0],
  ['-5', undefined],
  ['1.5', undefined],
  ['soon', undefined],
  ['Monday', undefined],
  ['', undefined],
  [undefined, undefined],
])('parseRetryAfter(%j) is %j milliseconds', (value, expected) => {
  expect(parseRetryAfter(value, now)).toBe(expected);
});

const policy: RetryPolicy = { attempts: 4, baseDelayMs: 100, maxDelayMs: 250, maxRetryAfterMs: 5000 };
const broken = new RegistryError('REGISTRY_CONNECTION_LOST', 'x', { transient: true });

test('retryDelay() doubles what it may wait, up to the bound, and never waits the same', () => {
  const bounds = [100, 200, 250];
  for (const [failed, bound] of bounds.entries()) {
    const delays = Array.from({ length: 200 }, () => retryDelay(broken, failed + 1, policy) ?? -1);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...delays)).toBeLessThanOrEqual(bound);
    expect(Math.max(...delays)).toBeGreaterThan(bound / 2);
    expect(new Set(delays).size).toBeGreaterThan(100);
  }
});

test('retryDelay() ends after the last attempt, and at once for what will not change', () => {
  expect(retryDelay(broken, 4, policy)).toBeUndefined();
  expect(retryDelay(new RegistryError('REGISTRY_DENIED', 'x'), 1, policy)).toBeUndefined();
  expect(retryDelay(new Error('x'), 1, policy)).toBeUndefined();
});

test('retryDelay() does as the server asks, within bounds', () => {
  const wait = (retryAfterMs: number) =>
    new RegistryError('REGISTRY_RATE_LIMITED', 'x', { transient: true, retryAfterMs });
  expect(retryDelay(wait(5000), 1, policy)).toBe(5000);
  expect(retryDelay(wait(5001), 1, policy)).toBeUndefined();
});
