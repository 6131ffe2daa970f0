/** Small parsers of headers. */
import { expect, test } from 'vitest';
import { parseAllowance } from '../../src/registry/allowance.ts';
import { parseContentRange } from '../../src/registry/content-range.ts';

test.each([
  [{}, undefined],
  [{ 'ratelimit-limit': '100;w=21600' }, undefined],
  [
    { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '76;w=21600' },
    { limit: 100, remaining: 76, seconds: 21600 },
  ],
  [
    { 'ratelimit-limit': '100', 'ratelimit-remaining': '0' },
    { limit: 100, remaining: 0 },
  ],
  [
    { 'ratelimit-limit': '100, 100;w=60', 'ratelimit-remaining': '5' },
    { limit: 100, remaining: 5 },
  ],
  [{ 'ratelimit-limit': 'many', 'ratelimit-remaining': '5' }, undefined],
])('parseAllowance(%j)', (headers, expected) => {
  expect(parseAllowance(headers)).toEqual(expected);
});

test.each([
  ['bytes 0-9/10', { first: 0, last: 9, total: 10 }],
  ['bytes 5-9/*', { first: 5, last: 9, total: undefined }],
  ['bytes */10', undefined],
  ['bytes 9-5/10', undefined],
  ['bytes 5-10/10', undefined],
  ['bytes -5-9/10', undefined],
  ['items 0-9/10', undefined],
  ['bytes 0-99999999999999999999/*', undefined],
  [undefined, undefined],
])('parseContentRange(%j)', (value, expected) => {
  expect(parseContentRange(value)).toEqual(expected);
});
