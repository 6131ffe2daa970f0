import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../../src/engine/options/duration.ts';

test.each([
  ['0', 0],
  ['10m', 600e9],
  ['1h30m', 5400e9],
  ['1.5s', 1.5e9],
  ['.5ms', 500_000],
  ['100us', 100_000],
  ['100µs', 100_000],
  ['7ns', 7],
  ['-2s', -2e9],
  ['+2s', 2e9],
])('parseDuration() reads %s as Go does', (text, nanoseconds) => {
  expect(parseDuration(text)).toBe(nanoseconds);
});

test.each(['', '-', '10', '1d', 's', '1s 2s', '1s2', 'x1s', '1,5s'])(
  'parseDuration() takes "%s" for no duration',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test.each([
  [0, '0s'],
  [7, '7ns'],
  [1500, '1.5µs'],
  [100e6, '100ms'],
  [1.5e9, '1.5s'],
  [30e9, '30s'],
  [90e9, '1m30s'],
  [5400e9, '1h30m0s'],
  [-1e9, '-1s'],
])('formatDuration() prints %d ns as Go does: %s', (nanoseconds, text) => {
  expect(formatDuration(nanoseconds)).toBe(text);
});
