import { afterAll, beforeAll, expect, test } from 'vitest';
import { alpine, Host, isRoot } from './host.ts';
import { until } from './until.ts';

const skip = !isRoot || alpine === undefined;
let host: Host;

beforeAll(async () => {
  if (!skip) host = await Host.withAlpine();
});
afterAll(() => {
  if (skip) return;
  const leftovers = host.leftovers();
  host.close();
  expect(leftovers).toEqual([]);
});

/** Asks for each and returns once all of them wait. */
async function waitFor(name: string, conditions: readonly string[]) {
  const waits = conditions.map((condition) => host.start(['wait', '--condition', condition, name], { input: '' }));
  const waiting = () => host.leftovers().filter((line) => line.includes(`--condition`)).length;
  await until('all of them wait', async () => waiting() === conditions.length);
  return waits;
}

test.skipIf(skip)('wait tells each of the ends that it can be asked for', async () => {
  const script = 'trap "exit 6" TERM; echo ready; sleep 1000 & wait';
  const run = host.start(['run', '--name', 'short', 'alpine', 'sh', '-c', script]);
  await run.says('ready');
  expect(await host.ok(['wait', '--condition', 'running', 'short'])).toBe('0\n');
  const conditions = ['next-exit', 'stopped', 'not-running', 'removed'];
  const [next, stopped, notRunning, removed] = await waitFor('short', conditions);
  await host.ok(['stop', 'short']);
  for (const wait of [next, stopped, notRunning]) expect(await wait?.finished).toMatchObject({ stdout: '6\n' });
  expect(removed?.child.exitCode).toBeNull();
  await host.ok(['rm', 'short']);
  expect(await removed?.finished).toMatchObject({ exitCode: 0, stdout: '6\n' });
  await run.finished;
});

test.skipIf(skip)('wait --condition healthy says why that can never be', async () => {
  await host.ok(['run', '--name', 'plain', 'alpine', 'true']);
  const { exitCode, stderr } = await host.gocker(['wait', '--condition', 'healthy', 'plain']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('cannot wait until container "plain" is healthy: it has no health check');
  await host.ok(['rm', 'plain']);
});

test.skipIf(skip)('wait refuses a condition that there is not, and a container that there is not', async () => {
  const odd = await host.gocker(['wait', '--condition', 'happy', 'plain']);
  expect(odd).toMatchObject({ exitCode: 125 });
  expect(odd.stderr).toContain('invalid argument "happy" for "--condition" flag (expected not-running or next-exit');
  expect(await host.gocker(['wait', '--condition', 'removed', 'nobody'])).toMatchObject({ exitCode: 1, stdout: '' });
});

test.skipIf(skip)(
  'the end of a container that was killed with its gocker is told with the next look, and once',
  async () => {
    const run = host.start(['run', '--name', 'lost', 'alpine', 'sh', '-c', 'echo ready; sleep 1000']);
    await run.says('ready');
    const [stopped] = await waitFor('lost', ['stopped']);
    run.child.kill('SIGKILL');
    expect(await stopped?.finished).toMatchObject({ stdout: '137\n' });
    const die = ['events', '--since', '0', '--until', '0s', '-f', 'container=lost', '-f', 'event=die'];
    for (const _ of [1, 2]) {
      expect(await host.ok([...die, '--format', '{{.Actor.Attributes.exitCode}}'])).toBe('137\n');
    }
    await host.ok(['rm', 'lost']);
  },
);
