import { expect, test } from 'vitest';
import type { LogEntry } from '../../../src/engine/index.ts';
import { gocker } from '../fake-engine.ts';

const BILLION = 1_000_000_000n;

/** A log of these entries, one batch each; what it was asked for. */
function logOf(...entries: LogEntry[]) {
  const asked: unknown[] = [];
  const logs = (...question: unknown[]) => {
    asked.push(question);
    const batches = async function* () {
      for (const entry of entries) yield [entry];
    };
    return {
      batches,
      async *[Symbol.asyncIterator]() {
        yield* entries;
      },
    };
  };
  return { asked, methods: { logs } };
}
const entry = (stream: 'stdout' | 'stderr', text: string, seconds = 0): LogEntry => {
  return { stream, time: BigInt(seconds) * BILLION + 5n, bytes: Buffer.from(text) };
};

test('logs -t stamps each line once, with the time of its first byte, however its parts are mixed with the other output', async () => {
  const { methods } = logOf(
    entry('stdout', 'a\nb', 1),
    entry('stderr', 'x', 2),
    entry('stdout', 'b\n\n', 3),
    entry('stderr', 'x\n', 4),
  );
  const stamp = (seconds: number) => `1970-01-01T00:00:0${seconds}.000000005Z`;
  expect(await gocker(['logs', '-t', 'web'], methods)).toMatchObject({
    exitCode: 0,
    stdout: `${stamp(1)} a\n${stamp(1)} bb\n${stamp(3)} \n`,
    stderr: `${stamp(2)} xx\n`,
  });
});

test('logs tells on stderr how much is missing, where it is missing', async () => {
  const { methods } = logOf(
    entry('stdout', 'a\n'),
    { stream: 'lost', time: 0n, count: 70_000n },
    entry('stdout', 'b\n'),
  );
  expect(await gocker(['logs', 'web'], methods)).toMatchObject({
    stdout: 'a\nb\n',
    stderr: 'warning: 70000 bytes of output are missing here: the log had no room for them\n',
  });
});

test.each([
  [['-n', '5'], { tail: 5 }],
  [['--tail', 'all'], {}],
  [['--tail=-1'], {}],
  [['-f', '--since', '10m', '--until', '1700000000.5'], { follow: true, since: '10m', until: '1700000000.5' }],
])('logs %s asks for %o', async (flags, options) => {
  const { asked, methods } = logOf();
  expect((await gocker(['logs', ...flags, 'web'], methods)).exitCode).toBe(0);
  expect(asked).toEqual([['web', { follow: false, ...options }]]);
});
