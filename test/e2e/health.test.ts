import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { alpine, Host, isRoot } from './host.ts';
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
  await until('nothing is left', async () => host.leftovers().length === 0).catch(() => {});
  expect(host.leftovers()).toEqual([]);
});
afterAll(() => {
  if (!skip) host.close();
});

interface Health {
  readonly Status: string;
  readonly FailingStreak: number;
  readonly Log: readonly { readonly ExitCode: number; readonly Output: string }[];
}

async function healthOf(name: string): Promise<Health> {
  return JSON.parse(await host.ok(['inspect', '-f', '{{json .State.Health}}', name])) as Health;
}

/** Checked ten times a second. */
function start(name: string, ...flags: readonly string[]): Promise<string> {
  return host.ok(['run', '-d', '--name', name, '--health-interval', '100ms', ...flags, 'alpine', 'sleep', '1000']);
}

test.skipIf(skip)('a container is starting, then healthy, then unhealthy, as its check finds', async () => {
  await start(
    'web',
    '--health-cmd',
    'cat /ok',
    '--health-retries',
    '2',
    '--health-start-period',
    '1h',
    '--health-start-interval',
    '100ms',
  );
  expect(await healthOf('web')).toMatchObject({ Status: 'starting', FailingStreak: 0 });
  expect(await host.ok(['ps', '--format', '{{.Status}}'])).toMatch(/^Up .* \(health: starting\)$/m);
  const healthy = host.ok(['wait', '--condition', 'healthy', 'web']);
  await until('a check has failed', async () => (await healthOf('web')).Log.length > 0);
  expect((await healthOf('web')).Log[0]).toMatchObject({
    ExitCode: 1,
    Output: "cat: can't open '/ok': No such file or directory\n",
  });
  await host.ok(['exec', 'web', 'touch', '/ok']);
  expect(await healthy).toBe('0\n');
  expect(await healthOf('web')).toMatchObject({ Status: 'healthy', FailingStreak: 0 });
  expect(await host.ok(['ps', '--format', '{{.Status}}'])).toMatch(/^Up .* \(healthy\)$/m);
  await host.ok(['exec', 'web', 'rm', '/ok']);
  await host.ok(['wait', '--condition', 'unhealthy', 'web']);
  const health = await healthOf('web');
  expect(health.FailingStreak).toBeGreaterThanOrEqual(2);
  expect(health.Log.length).toBeLessThanOrEqual(5);
  const events = ['events', '--since', '0', '--until', '0s', '-f', 'event=health_status', '--format', '{{.Action}}'];
  expect(await host.ok(events)).toBe('health_status: healthy\nhealth_status: unhealthy\n');
});

test.skipIf(skip)('a check that takes too long is killed, and has failed', async () => {
  await start(
    'slow',
    '--health-cmd',
    'echo begun; exec sleep 54321',
    '--health-timeout',
    '300ms',
    '--health-retries',
    '1',
  );
  await host.ok(['wait', '--condition', 'unhealthy', 'slow']);
  expect((await healthOf('slow')).Log[0]).toMatchObject({
    ExitCode: -1,
    Output: 'Health check exceeded timeout (300ms): begun\n',
  });
});

test.skipIf(skip)(
  'a check that runs when the container is removed goes with it, and what it found counts for nobody',
  async () => {
    const id = (await start('long', '--health-cmd', 'exec sleep 54321')).trim();
    await until('it is being checked', async () => host.leftovers().some((line) => line.includes('health-check')));
    await host.ok(['stop', '-t', '0', 'long']);
    expect(await healthOf('long')).toEqual({ Status: 'unhealthy', FailingStreak: 0, Log: [] });
    expect(readFileSync(join(host.root, 'containers', id, 'state.json'), 'utf8')).toContain(id);
  },
);

test.skipIf(skip)('a command that is not there is a failure that says so', async () => {
  await start('typo', '--health-cmd', 'no-such-program', '--health-retries', '1');
  await host.ok(['wait', '--condition', 'unhealthy', 'typo']);
  expect((await healthOf('typo')).Log[0]).toMatchObject({
    ExitCode: 127,
    Output: expect.stringContaining('not found'),
  });
});

test.skipIf(skip)('run -d --wait returns when the container is healthy', async () => {
  await start('ready', '--wait', '--health-cmd', 'true');
  expect((await healthOf('ready')).Status).toBe('healthy');
});

test.skipIf(skip)('run -d --wait without a check returns when the container runs', async () => {
  await host.ok(['run', '-d', '--wait', '--name', 'plain', 'alpine', 'sleep', '1000']);
  expect(await host.ok(['inspect', '-f', '{{.State.Status}}', 'plain'])).toBe('running\n');
});

test.skipIf(skip)('run -d --wait fails with what the check said, and leaves the container', async () => {
  const flags = ['--wait', '--health-retries', '1', '--health-cmd', 'echo no luck; false'];
  const { exitCode, stderr } = await host.gocker([
    'run',
    '-d',
    '--name',
    'sick',
    '--health-interval',
    '100ms',
    ...flags,
    'alpine',
    'sleep',
    '1000',
  ]);
  expect(exitCode).toBe(125);
  expect(stderr).toContain('cannot wait for container "sick": it is unhealthy; its last probe said: no luck');
  expect((await healthOf('sick')).Status).toBe('unhealthy');
});

test.skipIf(skip)('run -d --wait fails where the container ends, or takes too long', async () => {
  const ended = await host.gocker([
    'run',
    '-d',
    '--wait',
    '--name',
    'ended',
    '--health-cmd',
    'true',
    'alpine',
    'sh',
    '-c',
    'exit 5',
  ]);
  expect(ended).toMatchObject({ exitCode: 125 });
  expect(ended.stderr).toContain('cannot wait for container "ended": it has ended with exit code 5');
  const late = await host.gocker([
    'run',
    '-d',
    '--wait',
    '--wait-timeout',
    '1',
    '--name',
    'late',
    '--health-cmd',
    'true',
    'alpine',
    'sleep',
    '1000',
  ]);
  expect(late.stderr).toContain('cannot wait for container "late": it is not healthy after 1 s');
  expect(late.exitCode).toBe(125);
});
