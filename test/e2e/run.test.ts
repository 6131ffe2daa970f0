/** What `run` does with its flags, its streams and its exit codes. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRegistry, type TestRegistry } from '../support/registry/index.ts';
import { alpineImage } from './alpine-image.ts';
import { alpine, entriesOf, Host, isRoot } from './host.ts';

describe.skipIf(alpine === undefined || !isRoot)('gocker run (root, ../shared)', () => {
  let registry: TestRegistry;
  let host: Host;
  const run = (...args: string[]) => host.gocker(['run', '--rm', ...args]);
  const output = async (...args: string[]) => (await run(...args)).stdout;

  beforeAll(async () => {
    registry = await startRegistry();
    registry.addImage('library/alpine', 'latest', await alpineImage(alpine ?? ''));
    host = new Host(registry.host);
    await host.ok(['pull', '-q', 'alpine']);
    await registry.close();
  });

  afterAll(async () => {
    const left = await host.remains();
    const containers = entriesOf(join(host.root, 'containers'));
    host.close();
    expect(left).toEqual([]);
    expect(containers).toEqual([]);
  });

  test('the exit code is the command’s own', async () => {
    expect((await run('alpine', 'sh', '-c', 'exit 42')).exitCode).toBe(42);
  });

  test('a command that is not there is 127, a directory 126, and each says why', async () => {
    const missing = await run('alpine', 'nope');
    expect(missing.exitCode).toBe(127);
    expect(missing.stderr).toContain('cannot execute "nope": no directory of PATH has it');
    const directory = await run('alpine', '/etc');
    expect(directory.exitCode).toBe(126);
    expect(directory.stderr).toContain('"/etc" is a directory');
    const unexecutable = await run('alpine', '/etc/passwd');
    expect(unexecutable.exitCode).toBe(126);
    expect(unexecutable.stderr).toContain('may not be executed');
  });

  test('an unknown flag, an unknown image and a bad name are 125', async () => {
    expect((await run('--nope', 'alpine')).exitCode).toBe(125);
    const unknown = await run('--no-fallback', 'nope-there-is-none', 'true');
    expect(unknown.exitCode).toBe(125);
    expect((await run('--name', 'a/b', 'alpine', 'true')).exitCode).toBe(125);
  });

  test('a signal is 128 + n, and signals to gocker reach the container', async () => {
    expect((await run('alpine', 'sh', '-c', 'sh -c "kill -9 \\$\\$"; exit $?')).exitCode).toBe(137);
    const script = 'trap "echo caught; exit 7" TERM; echo ready; while :; do sleep 0.05; done';
    const started = host.start(['run', '--rm', 'alpine', 'sh', '-c', script]);
    await started.says('ready');
    started.child.kill('SIGTERM');
    expect(await started.finished).toMatchObject({ exitCode: 7, stdout: 'ready\ncaught\n' });
  });

  test('stdin reaches the command with -i and is empty without', async () => {
    expect((await host.gocker(['run', '--rm', '-i', 'alpine', 'cat'], { input: 'typed\n' })).stdout).toBe('typed\n');
    expect((await host.gocker(['run', '--rm', 'alpine', 'cat'], { input: 'typed\n' })).stdout).toBe('');
  });

  test('stdout and stderr are two streams, and 20 MB of each pass whole', async () => {
    const script = 'head -c 20000000 /dev/zero; head -c 20000000 /dev/zero >&2';
    const { stdout, stderr } = await run('alpine', 'sh', '-c', script);
    expect([stdout.length, stderr.length]).toEqual([20_000_000, 20_000_000]);
  });

  test('-e, --env-file, -w, -h, -u and --entrypoint say what runs and how', async () => {
    writeFileSync(join(host.folder, 'env'), '# comment\nFROM_FILE=1 2\n');
    const env = await output(
      '-e',
      'A=b=c',
      '--env-file',
      'env',
      '-h',
      'box',
      'alpine',
      'sh',
      '-c',
      'echo $A,$FROM_FILE,$HOME,$HOSTNAME,$(hostname)',
    );
    expect(env).toBe('b=c,1 2,/root,box,box\n');
    expect(await output('-w', '/made/here', 'alpine', 'pwd')).toBe('/made/here\n');
    expect(await output('-u', 'nobody', 'alpine', 'id')).toBe(
      'uid=65534(nobody) gid=65534(nobody) groups=65534(nobody)\n',
    );
    expect(await output('-u', '1234:99', 'alpine', 'id', '-G')).toBe('99\n');
    expect(await output('--entrypoint', 'echo', 'alpine', 'only', 'this')).toBe('only this\n');
  });

  test('-v binds a folder, read-only with :ro, and makes a source that is missing', async () => {
    mkdirSync(join(host.folder, 'data'));
    writeFileSync(join(host.folder, 'data', 'in'), 'from the host\n');
    const data = join(host.folder, 'data');
    expect(await output('-v', `${data}:/data`, 'alpine', 'sh', '-c', 'cat /data/in; echo out > /data/out')).toBe(
      'from the host\n',
    );
    expect(readFileSync(join(data, 'out'), 'utf8')).toBe('out\n');
    expect((await run('-v', `${data}:/data:ro`, 'alpine', 'touch', '/data/no')).stderr).toContain(
      'Read-only file system',
    );
    await run('-v', './made:/made', 'alpine', 'true');
    expect(existsSync(join(host.folder, 'made'))).toBe(true);
  });

  test('--tmpfs and --read-only', async () => {
    const { stdout, stderr } = await run(
      '--read-only',
      '--tmpfs',
      '/t:size=1m',
      'alpine',
      'sh',
      '-c',
      'touch /t/ok && ls /t; touch /no',
    );
    expect(stdout).toBe('ok\n');
    expect(stderr).toContain('Read-only file system');
  });

  test('a container sees its own processes, host name, network and nothing of the host’s', async () => {
    const script =
      'echo $$; ls /proc | grep -c "^[0-9]"; ip -o link | wc -l; ping -c1 -W1 127.0.0.1 | grep -c "1 packets received"';
    expect(await output('alpine', 'sh', '-c', script)).toBe('1\n3\n1\n1\n');
  });

  test('--network host shows the host’s interfaces', async () => {
    const there = (await output('--network', 'host', 'alpine', 'ls', '/sys/class/net')).trim().split('\n');
    expect(there.sort()).toEqual(entriesOf('/sys/class/net').sort());
  });

  test('--explain prints each call with its result, as JSON too, and --dry-run runs nothing', async () => {
    const { stderr, stdout } = await run('--explain', 'alpine', 'echo', 'ran');
    expect(stdout).toContain('ran\n');
    expect(stderr + stdout).toMatch(/pivot_root\("\.", "\."\) += 0/);
    const json = await run('--explain=json', '--dry-run', 'alpine', 'true');
    const calls: { call: string; why: string }[] = JSON.parse(json.stdout || json.stderr);
    expect(calls.map(({ call }) => call)).toEqual(expect.arrayContaining(['clone3', 'pivot_root', 'capset', 'execve']));
    expect(calls.every(({ why }) => why.length > 3)).toBe(true);
    expect(entriesOf(join(host.root, 'containers'))).toEqual([]);
  });

  test('a name is given once', async () => {
    const first = host.start(['run', '--rm', '-i', '--name', 'one', 'alpine', 'sh', '-c', 'echo up; cat']);
    await first.says('up');
    const second = await run('--name', 'one', 'alpine', 'true');
    expect(second).toMatchObject({ exitCode: 125 });
    expect(second.stderr).toMatch(/cannot name a container "one": container [0-9a-f]{12} has that name/);
    first.child.stdin?.end();
    await first.finished;
    expect((await run('--name', 'one', 'alpine', 'true')).exitCode).toBe(0);
  });

  test('kill -9 of gocker ends the container, and the next command clears up what it left', async () => {
    const started = host.start(['run', '--rm', '--name', 'orphan', 'alpine', 'sh', '-c', 'echo up; sleep 1000']);
    await started.says('up');
    started.child.kill('SIGKILL');
    await started.finished;
    await expect.poll(() => host.leftovers().filter((left) => left.startsWith('process'))).toEqual([]);
    expect((await run('--name', 'orphan', 'alpine', 'true')).exitCode).toBe(0);
    expect(entriesOf(join(host.root, 'containers'))).toEqual([]);
  });

  test('after a boot, which forgets what was alive, no ghost keeps a name or a folder', async () => {
    const started = host.start(['run', '--rm', '--name', 'ghost', 'alpine', 'sh', '-c', 'echo up; sleep 1000']);
    await started.says('up');
    started.child.kill('SIGKILL');
    await started.finished;
    await expect.poll(() => host.leftovers().filter((left) => left.startsWith('process'))).toEqual([]);
    const [id = ''] = entriesOf(join(host.root, 'containers'));
    // A record that was never synced may come back empty.
    writeFileSync(join(host.root, 'containers', id, 'state.json'), '');
    rmSync(join(host.root, 'run'), { recursive: true });
    expect(await host.ok(['ps', '-aq'])).toBe('');
    expect((await run('--name', 'ghost', 'alpine', 'true')).exitCode).toBe(0);
    expect(entriesOf(join(host.root, 'containers'))).toEqual([]);
  });
});
