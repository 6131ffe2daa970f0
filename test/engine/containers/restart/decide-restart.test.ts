import { expect, test } from 'vitest';
import { decideRestart, type Ending } from '../../../../src/engine/containers/restart/decide-restart.ts';
import { parseRestartPolicy } from '../../../../src/engine/containers/restart/policy.ts';

const failed: Ending = { exitCode: 1, ranFor: 50, stopped: false, failures: 0, lastPause: 0 };
const decide = (policy: string, ending: Partial<Ending> = {}) =>
  decideRestart(parseRestartPolicy(policy), { ...failed, ...ending });
const stay = { kind: 'stay' };

test.each<[string, Partial<Ending>, boolean]>([
  ['no', {}, false],
  ['no', { exitCode: 0 }, false],
  ['always', {}, true],
  ['always', { exitCode: 0 }, true],
  ['always', { stopped: true }, false],
  ['unless-stopped', {}, true],
  ['unless-stopped', { exitCode: 0 }, true],
  ['unless-stopped', { stopped: true }, false],
  ['on-failure', {}, true],
  ['on-failure', { failures: 1000 }, true],
  ['on-failure', { exitCode: 0 }, false],
  ['on-failure', { stopped: true }, false],
  ['on-failure:2', { failures: 0 }, true],
  ['on-failure:2', { failures: 1 }, true],
  ['on-failure:2', { failures: 2 }, false],
])('with policy %s and an end of %j it is started again: %s', (policy, ending, restarts) => {
  expect(decide(policy, ending).kind).toBe(restarts ? 'restart' : 'stay');
});

test('pauses begin at 100 ms, double up to a minute, and begin anew after ten seconds of running', () => {
  const pauses: number[] = [];
  while (pauses.length < 12) {
    const decision = decide('always', { lastPause: pauses.at(-1) ?? 0 });
    pauses.push(decision.kind === 'restart' ? decision.pause : 0);
  }
  expect(pauses).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 51_200, 60_000, 60_000]);
  expect(decide('always', { lastPause: 800, ranFor: 9_999 })).toMatchObject({ pause: 1600 });
  expect(decide('always', { lastPause: 800, ranFor: 10_000 })).toMatchObject({ pause: 100 });
});

test('an end without failure ends the row of failures', () => {
  expect(decide('always', { failures: 4 })).toMatchObject({ failures: 5 });
  expect(decide('always', { failures: 4, exitCode: 0 })).toMatchObject({ failures: 0 });
  expect(decide('on-failure:2', { failures: 2 })).toEqual(stay);
});
