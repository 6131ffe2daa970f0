import { expect, test } from 'vitest';
import { parseRestartPolicy } from '../../../../src/engine/containers/restart/policy.ts';

test.each([
  ['', 'no', 0],
  ['no', 'no', 0],
  ['always', 'always', 0],
  ['unless-stopped', 'unless-stopped', 0],
  ['on-failure', 'on-failure', 0],
  ['on-failure:', 'on-failure', 0],
  ['on-failure:3', 'on-failure', 3],
])('parseRestartPolicy() reads "%s"', (text, name, maximumRetryCount) => {
  expect(parseRestartPolicy(text)).toEqual({ name, maximumRetryCount });
});

test.each([
  [':3', 'no policy provided before colon'],
  ['on-failure:x', 'maximum retry count must be an integer'],
  ['on-failure:1:2', 'maximum retry count must be an integer'],
  ['on-failure:-1', 'maximum retry count cannot be negative'],
  ['always:3', 'maximum retry count can only be used with "on-failure"'],
  ['sometimes', 'unknown policy "sometimes" (expected no, always, on-failure[:retries] or unless-stopped)'],
  ['Always', 'unknown policy "Always"'],
])('parseRestartPolicy() refuses "%s": %s', (text, reason) => {
  expect(() => parseRestartPolicy(text)).toThrow(reason);
});
