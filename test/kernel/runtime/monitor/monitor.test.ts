/** A container under a monitor: what it writes is kept, its end is told, and nothing stays. */
import { expect } from 'vitest';
import { leftovers, rootTest } from '../alpine.ts';
import { runMonitored, textOf } from './monitored.ts';

rootTest('a monitor keeps what its container writes, tells how it ended, and leaves nothing', async () => {
  const before = leftovers();
  const { records, exit } = await runMonitored(['sh', '-c', 'echo out; echo err >&2; exit 3']);
  expect([textOf(records, 1), textOf(records, 2)]).toEqual(['out\n', 'err\n']);
  expect(exit).toMatchObject({ exitCode: 3, finished: expect.stringMatching(/^\d{4}-.*\.\d{9}Z$/) });
  expect(leftovers()).toEqual(before);
});
