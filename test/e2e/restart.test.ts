import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { alpine, entriesOf, Host, isRoot } from './host.ts';
import { until } from './until.ts';

const skip = !isRoot || alpine === undefined;
let host: Host;

beforeAll(async () => {
  if (!skip) host = await Host.withAlpine();
});
afterEach(async () => {
  if (skip) return;
  const names = (await host.ok(['ps', '-aq'])).split('\n').filter((name) => name !== '');
  if (names.length > 0) await host.ok(['rm', '-f', ...names]);
  expect(await settled()).toEqual([]);
});
afterAll(() => {
  if (!skip) host.close();
});

/** A process that has just been told to end may still be on its way. */
async function settled(): Promise<string[]> {
  let leftovers = host.leftovers();
  await until('nothing is left', async () => {
    leftovers = host.leftovers();
    return leftovers.length === 0;
  }).catch(() => {});
  return leftovers;
}

async function inspect(name: string, template: string): Promise<string> {
  return (await host.ok(['inspect', '-f', template, name])).trim();
}

const stateOf = (name: string) => inspect(name, '{{.State.Status}} {{.RestartCount}}');

function ownerOf(id: string): number {
  const record: unknown = JSON.parse(readFileSync(join(host.root, 'containers', id, 'state.json'), 'utf8'));
  return (record as { owner: { pid: number } }).owner.pid;
}

test.skipIf(skip)('on-failure:2 starts a container that fails twice again, and then leaves it', async () => {
  const id = (
    await host.ok([
      'run',
      '-d',
      '--name',
      'fails',
      '--restart',
      'on-failure:2',
      'alpine',
      'sh',
      '-c',
      'echo x >>/runs; exit 3',
    ])
  ).trim();
  await until('it stays exited', async () => (await stateOf('fails')) === 'exited 2');
  expect(await inspect('fails', '{{.State.ExitCode}} {{.State.Running}} {{.State.Restarting}}')).toBe('3 false false');
  expect(
    await inspect('fails', '{{.HostConfig.RestartPolicy.Name}} {{.HostConfig.RestartPolicy.MaximumRetryCount}}'),
  ).toBe('on-failure 2');
  expect(readFileSync(join(host.root, 'containers', id, 'upper', 'runs'), 'utf8')).toBe('x\nx\nx\n');
  expect(await settled()).toEqual([]);
  const events = [
    'events',
    '--since',
    '0',
    '--until',
    '0s',
    '-f',
    'container=fails',
    '--format',
    '{{.Action}} {{.Actor.Attributes.exitCode}}',
  ];
  expect((await host.ok(events)).trim().split('\n')).toEqual([
    'create <no value>',
    ...Array.from({ length: 3 }, () => ['start <no value>', 'die 3']).flat(),
  ]);
});

test.skipIf(skip)(
  'on-failure leaves a container that ends well, and none at all is started again without a policy',
  async () => {
    await host.ok(['run', '-d', '--name', 'well', '--restart', 'on-failure', 'alpine', 'true']);
    await host.ok(['run', '-d', '--name', 'none', 'alpine', 'false']);
    for (const name of ['well', 'none'])
      await until(`${name} has ended`, async () => (await stateOf(name)) === 'exited 0');
    expect(await settled()).toEqual([]);
    expect(await stateOf('well')).toBe('exited 0');
  },
);

test.skipIf(skip)('a container that waits for its next start says so, and stop leaves it at once', async () => {
  await host.ok(['run', '-d', '--name', 'again', '--restart', 'always', 'alpine', 'sh', '-c', 'exit 7']);
  await until('it waits', async () => (await stateOf('again')).startsWith('restarting'));
  await until('ps says so', async () =>
    /^Restarting \(7\) .* ago/.test(await host.ok(['ps', '--format', '{{.Status}}'])),
  );
  await host.ok(['stop', 'again']);
  expect(await inspect('again', '{{.State.Status}} {{.State.ExitCode}}')).toBe('exited 7');
  expect(await settled()).toEqual([]);
});

test.skipIf(skip)('rm -f removes a container that waits for its next start', async () => {
  await host.ok(['run', '-d', '--name', 'gone', '--restart', 'always', 'alpine', 'false']);
  await until('it waits', async () => (await stateOf('gone')).startsWith('restarting'));
  await host.ok(['rm', '-f', 'gone']);
  expect(await settled()).toEqual([]);
  expect(entriesOf(join(host.root, 'containers'))).toEqual([]);
});

test.skipIf(skip)('unless-stopped starts a killed container again, and not one that was stopped', async () => {
  await host.ok(['run', '-d', '--name', 'web', '--restart', 'unless-stopped', 'alpine', 'sleep', '1000']);
  const pid = Number(await inspect('web', '{{.State.Pid}}'));
  process.kill(pid, 'SIGKILL');
  await until('it runs again', async () => (await stateOf('web')) === 'running 1');
  expect(Number(await inspect('web', '{{.State.Pid}}'))).not.toBe(pid);
  await host.ok(['stop', '-t', '0', 'web']);
  expect(await stateOf('web')).toBe('exited 1');
  expect(await settled()).toEqual([]);
});

test.skipIf(skip)('a container whose next start was to come from a process that is killed has ended', async () => {
  const id = (await host.ok(['run', '-d', '--name', 'orphan', '--restart', 'always', 'alpine', 'false'])).trim();
  await until('it waits, long enough to be killed', async () => {
    if (!(await stateOf('orphan')).startsWith('restarting')) return false;
    process.kill(ownerOf(id), 'SIGKILL');
    return true;
  });
  await until('it is exited', async () => (await stateOf('orphan')).startsWith('exited'));
  // Who makes or starts containers, or reads events, sweeps first.
  await host.ok(['events', '--until', '0s']);
  expect(await settled()).toEqual([]);
});

test.skipIf(skip).each([
  [['--restart', 'always', '--rm'], 'conflicting options: cannot specify both --restart and --rm'],
  [['--restart', 'sometimes'], 'invalid argument "sometimes" for "--restart": unknown policy "sometimes"'],
  [['--restart', 'always:2'], 'maximum retry count can only be used with "on-failure"'],
])('run %j is refused, and leaves nothing', async (flags, message) => {
  const { exitCode, stderr } = await host.gocker(['run', '-d', ...flags, 'alpine', 'true']);
  expect(exitCode).toBe(125);
  expect(stderr).toContain(message);
});
