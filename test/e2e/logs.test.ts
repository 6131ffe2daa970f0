/** `gocker logs`, and what `run` keeps for it. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alpine, cli, Host, isRoot } from './host.ts';

describe.skipIf(alpine === undefined || !isRoot)('gocker logs (root, ../shared)', () => {
  let host: Host;
  const shell = (name: string, script: string, ...flags: string[]) =>
    host.gocker(['run', '--name', name, ...flags, 'alpine', 'sh', '-c', script]);
  const filesOf = async (name: string) => {
    const folder = join(host.root, 'containers', (await host.ok(['inspect', '-f', '{{.Id}}', name])).trim());
    return readdirSync(folder).filter((entry) => entry.startsWith('log'));
  };

  beforeAll(async () => {
    host = await Host.withAlpine();
  });

  afterAll(async () => {
    const left = await host.remains();
    host.close();
    expect(left).toEqual([]);
  });

  test('each stream comes back on its own, with its last lines, their times and details', async () => {
    const script = 'echo one; echo two >&2; sleep 0.1; printf "three\\nfour"';
    const flags = ['--label', 'b=2', '--label', 'a=1', '-e', 'X=y', '--log-opt', 'labels=b,a,c', '--log-opt', 'env=X'];
    await shell('streams', script, ...flags);
    expect(await host.gocker(['logs', 'streams'])).toMatchObject({
      exitCode: 0,
      stdout: 'one\nthree\nfour',
      stderr: 'two\n',
    });
    expect(await host.gocker(['logs', '-n', '2', 'streams'])).toMatchObject({ stdout: 'three\nfour', stderr: '' });
    const stamped = await host.ok(['logs', '-t', '--details', 'streams']);
    const stamp = '20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z X=y,a=1,b=2 ';
    expect(stamped).toMatch(new RegExp(`^${stamp}one\n${stamp}three\n${stamp}four$`));
    const [, since = ''] = /^(\S+).*three$/m.exec(stamped) ?? [];
    expect(await host.ok(['logs', '--since', since, 'streams'])).toBe('three\nfour');
    expect(await host.ok(['logs', '--until', '1m', 'streams'])).toBe('');
  });

  test('bytes are as they were, megabytes of them too', async () => {
    await shell('bytes', 'head -c 3000000 /dev/urandom | tee /proc/self/fd/2 | md5sum');
    const sum = `${process.execPath} ${cli} logs bytes 2>&1 >/dev/null | md5sum`;
    const found = spawnSync('sh', ['-c', sum], { env: host.env, encoding: 'utf8' });
    expect(found.stdout).toBe(await host.ok(['logs', 'bytes']));
    expect(found.stdout).toMatch(/^[0-9a-f]{32} {2}-\n$/);
  });

  test('files are rotated by --log-opt, and nothing is written of one that says nothing', async () => {
    await shell('rotated', 'seq 1 100000', '--log-opt', 'max-size=100k', '--log-opt', 'max-file=3');
    expect((await filesOf('rotated')).sort()).toEqual(['log', 'log.1', 'log.2']);
    const kept = await host.ok(['logs', 'rotated']);
    expect(kept).toMatch(/99999\n100000\n$/);
    expect(kept.length).toBeLessThan(300_000);
    await shell('silent', 'true');
    expect(await filesOf('silent')).toEqual([]);
    expect(await host.gocker(['logs', '-f', 'silent'])).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
  });

  test('--follow shows what is written while it looks, and ends with the container', async () => {
    const script = 'echo first; read line; echo got $line; read line; echo last';
    const running = host.start(['run', '--rm', '-i', '--name', 'followed', 'alpine', 'sh', '-c', script]);
    await running.says('first');
    const following = host.start(['logs', '-f', 'followed']);
    await following.says('first');
    running.child.stdin?.write('something\n');
    await following.says('got something');
    running.child.stdin?.write('\n');
    expect(await following.finished).toMatchObject({ exitCode: 0, stdout: 'first\ngot something\nlast\n' });
    await running.finished;
  });

  test('a reader who does not read holds no container up', async () => {
    const script = 'echo up >&2; read go; yes | head -c 50000000; echo done >&2; read end';
    const args = ['run', '--rm', '-i', '--name', 'fast', 'alpine', 'sh', '-c', script];
    const options = { env: host.env, cwd: host.folder };
    const running = spawn(process.execPath, [cli, ...args], { ...options, stdio: ['pipe', 'ignore', 'pipe'] });
    const ended = once(running, 'close');
    await once(running.stderr, 'data');
    const reader = spawn(process.execPath, [cli, 'logs', '-f', 'fast'], {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await once(reader.stderr, 'data');
    running.stdin.write('\n');
    // Nobody has taken anything from the reader yet, whose pipe is full long before.
    await once(running.stderr, 'data');
    running.stdin.end('\n');
    expect(await ended).toEqual([0, null]);
    let length = 0;
    for await (const chunk of reader.stdout) length += (chunk as Buffer).length;
    expect(length).toBe(50_000_000);
  });

  test('a limit is the log’s alone, and nobody else may read it', async () => {
    const { stdout } = await shell('limited', 'seq 1 1000', '--log-opt', 'max-size=1k');
    expect(stdout.split('\n')).toHaveLength(1001);
    const [file = ''] = await filesOf('limited');
    const id = (await host.ok(['inspect', '-f', '{{.Id}}', 'limited'])).trim();
    expect(statSync(join(host.root, 'containers', id, file)).mode & 0o777).toBe(0o600);
  });

  test.each([
    [['--log-driver', 'syslog'], 'there is no such driver here (expected json-file, local or none)'],
    [['--log-opt', 'nope=1'], "unknown log opt 'nope' for json-file log driver"],
    [['--log-driver', 'local', '--log-opt', 'labels=a'], "unknown log opt 'labels' for local log driver"],
    [['--log-driver', 'none', '--log-opt', 'max-size=1m'], 'invalid logging opts for driver none'],
    [['--log-opt', 'max-size=x'], "invalid size: 'x'"],
    [['--log-opt', 'max-size=0'], 'max-size must be a positive number'],
    [['--log-opt', 'max-file=0'], 'max-file cannot be less than 1'],
    [['--log-opt', 'compress=true'], 'gocker keeps rotated logs as they are'],
  ])('run %s is refused', async (flags, message) => {
    const { exitCode, stderr } = await host.gocker(['run', '--rm', ...flags, 'alpine', 'true']);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(125);
  });

  test('what can’t be read is told: no such container, no log, no such time or number', async () => {
    await shell('unlogged', 'echo hi', '--log-driver', 'none');
    expect(await filesOf('unlogged')).toEqual([]);
    const told = async (...args: string[]) => (await host.gocker(['logs', ...args])).stderr;
    expect(await told('unlogged')).toContain('configured logging driver does not support reading');
    expect(await told('nobody')).toContain('no such container');
    expect(await told('--since', '5x', 'streams')).toContain('invalid argument "5x" for "--since"');
    expect(await told('--tail', 'x', 'unlogged')).toContain('invalid argument "x" for "--tail" flag');
    const view = await host.ok(['inspect', '-f', '{{json .HostConfig.LogConfig}} [{{.LogPath}}]', 'unlogged']);
    expect(view.trim()).toBe('{"Type":"none","Config":{}} []');
  });
});
