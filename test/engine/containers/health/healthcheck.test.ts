import { expect, test } from 'vitest';
import { chooseHealthcheck, planProbe } from '../../../../src/engine/containers/health/healthcheck.ts';

const image = { Test: ['CMD', 'check', 'me'], Interval: 10e9, Retries: 5 };

test("the user's options go over the image's check, one by one", () => {
  expect(chooseHealthcheck(image, {})).toEqual(image);
  expect(chooseHealthcheck(undefined, {})).toBeUndefined();
  expect(chooseHealthcheck(image, { healthInterval: '1m30s', healthRetries: 2 })).toEqual({
    Test: ['CMD', 'check', 'me'],
    Interval: 90e9,
    Retries: 2,
  });
  expect(
    chooseHealthcheck(image, {
      healthCmd: 'wget -q localhost',
      healthTimeout: '5s',
      healthStartPeriod: '1m',
      healthStartInterval: '1ms',
    }),
  ).toEqual({
    Test: ['CMD-SHELL', 'wget -q localhost'],
    Interval: 10e9,
    Retries: 5,
    Timeout: 5e9,
    StartPeriod: 60e9,
    StartInterval: 1e6,
  });
});

test('what is 0 or empty leaves the image its own', () => {
  expect(chooseHealthcheck(image, { healthCmd: '', healthInterval: '0', healthRetries: '0' })).toEqual(image);
});

test('no check at all is kept as such, and runs nothing', () => {
  const none = chooseHealthcheck(image, { noHealthcheck: true });
  expect(none).toEqual({ Test: ['NONE'] });
  expect(planProbe(none)).toBeUndefined();
  expect(planProbe(undefined)).toBeUndefined();
  expect(planProbe({ Test: ['CMD'] })).toBeUndefined();
  expect(planProbe({ Test: ['SOMETHING', 'else'] })).toBeUndefined();
});

test.each([
  [{ healthInterval: 'soon' }, 'invalid argument "soon" for "--health-interval": it is no duration'],
  [{ healthTimeout: '-1s' }, 'invalid argument "-1s" for "--health-timeout": it cannot be negative'],
  [{ healthStartPeriod: '999us' }, '"--health-start-period": it cannot be less than 1ms'],
  [{ healthStartInterval: '1' }, '"--health-start-interval": it is no duration'],
  [{ healthRetries: '-1' }, '"--health-retries": it cannot be negative'],
  [{ healthRetries: 'many' }, '"--health-retries": it is no whole number'],
  [{ healthRetries: 1.5 }, '"--health-retries": it is no whole number'],
  [{ noHealthcheck: true, healthCmd: 'true' }, '--no-healthcheck conflicts with --health-* options'],
])('options %j are refused: %s', (options, message) => {
  expect(() => chooseHealthcheck(image, options)).toThrow(message);
});

test.each([[undefined], [{ Test: ['NONE'] }]])(
  'times for a check that the image %j does not have are refused',
  (own) => {
    expect(() => chooseHealthcheck(own, { healthInterval: '1s' })).toThrow('the image has no HEALTHCHECK to change');
  },
);

test("a probe is what CMD says, or what the image's shell is to run, with docker's times", () => {
  expect(planProbe(image)).toEqual({
    command: ['check', 'me'],
    interval: 10_000,
    timeout: 30_000,
    startPeriod: 0,
    startInterval: 5000,
    retries: 5,
  });
  expect(planProbe({ Test: ['CMD-SHELL', 'exit 0'] })).toMatchObject({
    command: ['/bin/sh', '-c', 'exit 0'],
    interval: 30_000,
    retries: 3,
  });
  expect(planProbe({ Test: ['CMD-SHELL', 'exit 0'] }, ['/bin/bash', '-lc'])?.command).toEqual([
    '/bin/bash',
    '-lc',
    'exit 0',
  ]);
});
