import { expect, test } from 'vitest';
import { defaultPool, freeRange, overlapOf, poolIn } from '../../../../src/engine/containers/spec/free-range.ts';

const pool = [
  { start: 100, size: 50 },
  { start: 1000, size: 30 },
];
const next = (taken: { start: number; size: number }[], size = 10, skip = 0) =>
  freeRange(pool, taken, { size, skip })?.start;

test('freeRange() gives the first that overlaps none that is taken', () => {
  expect(next([])).toBe(100);
  expect(next([{ start: 100, size: 10 }])).toBe(110);
  expect(next([{ start: 105, size: 1 }])).toBe(106);
  expect(
    next([
      { start: 95, size: 6 },
      { start: 120, size: 10 },
    ]),
  ).toBe(101);
  expect(next([{ start: 101, size: 200 }])).toBe(1000);
  expect(next([{ start: 0, size: 2000 }])).toBeUndefined();
  expect(next([], 51)).toBeUndefined();
});

test('freeRange() skips as many as it is told, and takes the last where there are fewer', () => {
  expect(next([], 10, 1)).toBe(110);
  expect(next([], 10, 5)).toBe(1000);
  expect(next([], 10, 99)).toBe(1020);
});

test('freeRange() fills a pool without ever giving one id twice', () => {
  const taken: { start: number; size: number }[] = [];
  for (;;) {
    const range = freeRange(pool, taken, { size: 7, skip: 0 });
    if (range === undefined) break;
    expect(taken.filter((other) => overlapOf(range, other) !== undefined)).toEqual([]);
    taken.push(range);
  }
  expect(taken).toHaveLength(7 + 4);
});

test('poolIn() takes what "containers" has in both files, and nobody else’s', () => {
  const subuid = 'me:100000:65536\ncontainers:200000:1000\ncontainers:300000:500\n';
  expect(poolIn(subuid, 'containers:200500:100000\n')).toEqual([
    { start: 200500, size: 500 },
    { start: 300000, size: 500 },
  ]);
  expect(poolIn('me:100000:65536\n', '')).toBeUndefined();
  expect(poolIn(subuid, '')).toEqual([]);
});

test('the default pool lies above what /etc/subuid gives to users, and within what the runtime spec knows', () => {
  for (const { start, size } of defaultPool) {
    expect(start).toBeGreaterThan(600_100_000);
    expect(start + size).toBeLessThanOrEqual(2 ** 31);
    expect(size % 65_536).toBe(0);
  }
});
