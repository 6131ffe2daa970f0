import { expect, test } from 'vitest';
import {
  afterProbe,
  type Health,
  noProbeYet,
  untilNextProbe,
} from '../../../../src/engine/containers/health/health.ts';

const started = '2025-01-31T12:00:00.000Z';
const plan = { command: ['true'], interval: 1000, timeout: 1000, startPeriod: 0, startInterval: 100, retries: 3 };

/** Probes a second after another, by their exit codes. */
function probe(codes: readonly number[], changes: Partial<typeof plan> = {}): Health[] {
  const states: Health[] = [];
  for (const [second, ExitCode] of codes.entries()) {
    const Start = new Date(Date.parse(started) + second * 1000).toISOString();
    const result = { Start, End: Start, ExitCode, Output: `${second}` };
    states.push(afterProbe(states.at(-1) ?? noProbeYet, result, { ...plan, ...changes }, started));
  }
  return states;
}

const statuses = (states: readonly Health[]) => states.map(({ Status }) => Status);
const streaks = (states: readonly Health[]) => states.map(({ FailingStreak }) => FailingStreak);

test('it is healthy from the first success on, and unhealthy from the third failure in a row', () => {
  const states = probe([1, 0, 1, 1, 0, 1, 2, -1, 1, 0]);
  expect(statuses(states)).toEqual([
    'starting',
    'healthy',
    'healthy',
    'healthy',
    'healthy',
    'healthy',
    'healthy',
    'unhealthy',
    'unhealthy',
    'healthy',
  ]);
  expect(streaks(states)).toEqual([1, 0, 1, 2, 0, 1, 2, 3, 4, 0]);
});

test('failures in the start period count no more than that: until it has been healthy once', () => {
  expect(streaks(probe([1, 1, 1, 1, 1], { startPeriod: 3000 }))).toEqual([0, 0, 0, 1, 2]);
  expect(statuses(probe([1, 0, 1, 1, 1], { startPeriod: 10_000 })).at(-1)).toBe('unhealthy');
});

test('the last five results are kept', () => {
  expect(
    probe([1, 1, 1, 1, 1, 1, 1])
      .at(-1)
      ?.Log.map(({ Output }) => Output),
  ).toEqual(['2', '3', '4', '5', '6']);
});

test('probes come by the start interval in the start period, as long as none has succeeded', () => {
  const slow = { ...plan, startPeriod: 5000 };
  expect(untilNextProbe({ Status: 'starting' }, slow, 4999)).toBe(100);
  expect(untilNextProbe({ Status: 'starting' }, slow, 5000)).toBe(1000);
  expect(untilNextProbe({ Status: 'healthy' }, slow, 10)).toBe(1000);
  expect(untilNextProbe({ Status: 'starting' }, plan, 0)).toBe(1000);
});
