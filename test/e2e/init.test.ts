/** `run --init`, by command. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alpine, Host, isRoot } from './host.ts';

describe.skipIf(alpine === undefined || !isRoot)('run --init (root, ../shared)', () => {
  let host: Host;

  beforeAll(async () => {
    host = await Host.withAlpine();
  });

  afterAll(async () => {
    const left = await host.remains();
    host.close();
    expect(left).toEqual([]);
  });

  test('runs the command as the child of an init, which inspect tells', async () => {
    expect(await host.ok(['run', '--init', '--name', 'with', 'alpine', 'sh', '-c', 'echo $$ $PPID'])).toBe('2 1\n');
    expect(await host.ok(['run', '--name', 'without', 'alpine', 'sh', '-c', 'echo $$ $PPID'])).toBe('1 0\n');
    expect(await host.ok(['inspect', '-f', '{{.HostConfig.Init}}', 'with', 'without'])).toBe('true\nfalse\n');
    await host.ok(['rm', 'with', 'without']);
  });

  test('ends by a signal to gocker although the command has no handler', async () => {
    const { child, says, finished } = host.start([
      'run',
      '--rm',
      '--init',
      'alpine',
      'sh',
      '-c',
      'echo up; exec sleep 60',
    ]);
    await says('up');
    child.kill('SIGTERM');
    expect(await finished).toMatchObject({ exitCode: 143, stderr: '' });
  });

  test('tells a command that is not there as run does without', async () => {
    const { exitCode, stderr } = await host.gocker(['run', '--rm', '--init', 'alpine', 'nope']);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 127,
      stderr: expect.stringContaining('cannot execute "nope"'),
    });
  });

  test('is in the plan that --dry-run prints', async () => {
    const planned = await host.ok(['run', '--dry-run', '--init', 'alpine', 'true']);
    expect(planned).toContain('execveat(<handover>, "", ["gocker-init", "--", "true"]');
    expect(planned).toContain('clone(SIGCHLD, 0, 0, 0, 0)');
  });
});
