/** What changes the state of a container that is there: each verb, and what it refuses, in docker's words. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { alpine, entriesOf, Host, isRoot, type Started } from './host.ts';

/** Ends with 7 after SIGTERM, with 8 after SIGUSR1. */
const polite = 'trap "exit 7" TERM; trap "exit 8" USR1; echo up; while :; do sleep 0.05; done';
/** A first process without a handler never hears of SIGTERM. */
const deaf = 'echo up; while :; do sleep 0.05; done';

describe.skipIf(alpine === undefined || !isRoot)('with Alpine in the store (root, ../shared)', () => {
  let host: Host;
  const running: Started[] = [];

  beforeAll(async () => {
    host = await Host.withAlpine();
  });

  afterEach(async () => {
    const ids = (await host.ok(['ps', '-aq'])).split('\n').filter((id) => id !== '');
    if (ids.length > 0) await host.ok(['rm', '-f', ...ids]);
    await Promise.all(running.splice(0).map(({ finished }) => finished));
  });

  afterAll(() => {
    const left = [...host.leftovers(), ...entriesOf(join(host.root, 'names')).map((name) => `name ${name}`)];
    host.close();
    expect(left).toEqual([]);
  });

  async function up(name: string, script: string, flags: readonly string[] = []): Promise<Started> {
    const started = host.start(['run', '--name', name, ...flags, 'alpine', 'sh', '-c', script], { input: '' });
    running.push(started);
    await started.says('up');
    return started;
  }

  const statusOf = async (name: string) => {
    const lines = await host.ok(['ps', '-a', '--format', '{{.Names}} {{.Status}}']);
    return lines.split('\n').find((line) => line.startsWith(`${name} `));
  };

  test('stop asks the container to end, waits until it has, and prints its name', async () => {
    await up('one', polite);
    expect(await host.ok(['stop', 'one'])).toBe('one\n');
    expect(await statusOf('one')).toMatch(/^one Exited \(7\) /);
    // One that doesn't run is stopped already.
    expect(await host.ok(['stop', 'one'])).toBe('one\n');
  });

  test('stop takes the signal from its flag, else from the container, and kills who does not hear it', async () => {
    await up('flag', polite);
    await up('own', polite, ['--stop-signal', 'SIGUSR1']);
    await up('deaf', deaf, ['--stop-timeout', '0']);
    await up('deafer', deaf);
    expect(await host.ok(['stop', '-s', 'USR1', 'flag'])).toBe('flag\n');
    expect(await host.ok(['stop', '-t', '-1', 'own'])).toBe('own\n');
    expect(await host.ok(['stop', 'deaf'])).toBe('deaf\n');
    expect(await host.ok(['stop', '--time=0', 'deafer'])).toBe('deafer\n');
    expect(await statusOf('flag')).toMatch(/^flag Exited \(8\) /);
    expect(await statusOf('own')).toMatch(/^own Exited \(8\) /);
    expect(await statusOf('deaf')).toMatch(/^deaf Exited \(137\) /);
    expect(await statusOf('deafer')).toMatch(/^deafer Exited \(137\) /);
  });

  test('kill -s takes names and numbers, and refuses others and what does not run', async () => {
    const { finished } = await up('one', polite);
    expect(await host.gocker(['kill', '-s', 'NONE', 'one'])).toMatchObject({ exitCode: 1, stdout: '' });
    expect(await host.ok(['kill', '--signal', '10', 'one'])).toBe('one\n');
    expect(await finished).toMatchObject({ exitCode: 8 });
    const refused = await host.gocker(['kill', 'one']);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^gocker: cannot kill container "one": container [0-9a-f]{12} is not running$/m);
    await up('two', deaf);
    expect(await host.ok(['kill', 'two'])).toBe('two\n');
    expect(await statusOf('two')).toMatch(/^two Exited \(137\) /);
  });

  test('several are stopped side by side and told in order, and one that fails keeps none of the others', async () => {
    await up('one', polite);
    await up('two', polite);
    const outcome = await host.gocker(['stop', 'two', 'none', 'one']);
    expect(outcome).toMatchObject({ exitCode: 1, stdout: 'two\none\n' });
    expect(outcome.stderr).toContain('cannot find container "none": no such container');
  });

  test('pause and unpause refuse what is so already, and a paused container is removed by force alone', async () => {
    await up('one', deaf);
    expect((await host.gocker(['unpause', 'one'])).stderr).toMatch(/container [0-9a-f]{12} is not paused/);
    expect(await host.ok(['pause', 'one'])).toBe('one\n');
    expect(await statusOf('one')).toMatch(/^one Up .* \(Paused\)$/);
    expect(await host.ok(['inspect', '--format', '{{.State.Status}} {{.State.Running}}', 'one'])).toBe('paused true\n');
    expect((await host.gocker(['pause', 'one'])).stderr).toMatch(/container [0-9a-f]{12} is already paused/);
    expect((await host.gocker(['rm', 'one'])).stderr).toContain('container is paused and must be unpaused first');
    expect(await host.ok(['unpause', 'one'])).toBe('one\n');
    expect((await host.gocker(['rm', 'one'])).stderr).toContain('container is running');
    await host.ok(['pause', 'one']);
    expect(await host.ok(['rm', '-f', 'one'])).toBe('one\n');
    expect((await host.gocker(['pause', 'one'])).stderr).toContain('no such container');
  });

  test('rm -f of one that removes itself at its end is no race', async () => {
    await up('one', deaf, ['--rm']);
    expect(await host.gocker(['rm', '-f', 'one'])).toMatchObject({ exitCode: 0, stdout: 'one\n', stderr: '' });
    expect(await statusOf('one')).toBe(undefined);
  });

  test('stop reaches a paused container', async () => {
    await up('one', polite);
    await host.ok(['pause', 'one']);
    expect(await host.ok(['stop', '-t', '-1', 'one'])).toBe('one\n');
    expect(await statusOf('one')).toMatch(/^one Exited \(7\) /);
  });

  test('wait prints the exit codes of several, of one that removes itself, too', async () => {
    await up('one', polite);
    await up('gone', polite, ['--rm']);
    const waiting = host.start(['wait', 'one', 'gone']);
    // It holds their config.json while it waits.
    const configs = ['one', 'gone'].map((name) => host.ok(['inspect', '--format', '{{.Id}}', name]));
    for (const id of await Promise.all(configs)) {
      await expect.poll(() => readFileSync('/proc/locks', 'latin1').includes(inodeOf(host, id.trim()))).toBe(true);
    }
    await host.ok(['stop', 'one']);
    await host.ok(['stop', '-s', 'USR1', 'gone']);
    expect(await waiting.finished).toMatchObject({ exitCode: 0, stdout: '7\n8\n' });
    expect(await host.ok(['wait', 'one'])).toBe('7\n');
  });

  test('rename gives the name to one container alone, while it runs, and frees the old one', async () => {
    await up('one', polite);
    await up('two', polite);
    expect((await host.gocker(['rename', 'one', 'two'])).stderr).toMatch(/container [0-9a-f]{12} has that name/);
    expect((await host.gocker(['rename', 'one', 'one'])).stderr).toContain('it has that name already');
    expect((await host.gocker(['rename', 'one', '-x/'])).exitCode).not.toBe(0);
    expect((await host.gocker(['rename', 'one', 'x/y'])).stderr).toContain('invalid name');
    expect(await host.ok(['rename', 'one', 'three'])).toBe('');
    expect((await host.gocker(['stop', 'one'])).stderr).toContain('no such container');
    expect(await host.ok(['rename', 'two', 'one'])).toBe('');
    expect(await host.ok(['stop', 'one', 'three'])).toBe('one\nthree\n');
    expect((await host.ok(['ps', '-a', '--format', '{{.Names}}'])).split('\n').sort()).toEqual(['', 'one', 'three']);
  });

  test('rm -f gets rid of a container whose record is unreadable, and ps tells of the others meanwhile', async () => {
    await up('one', polite);
    await up('two', polite);
    const id = (await host.ok(['inspect', '--format', '{{.Id}}', 'one'])).trim();
    for (const record of ['{', '']) {
      writeFileSync(join(host.root, 'containers', id, 'state.json'), record);
      const listed = await host.gocker(['ps', '-a', '--format', '{{.Names}}']);
      expect(listed).toMatchObject({ exitCode: 0, stdout: 'two\n' });
      expect(listed.stderr.includes('it is not JSON')).toBe(record === '{');
      expect((await host.gocker(['rm', 'one'])).exitCode).toBe(1);
    }
    expect(await host.ok(['rm', '-f', 'one'])).toBe('one\n');
    expect((await host.gocker(['rm', 'one'])).stderr).toContain('no such container');
    expect(entriesOf(join(host.root, 'containers'))).not.toContain(id);
  });

  test('create makes a container that waits to be started, writes its id, and takes labels from a file', async () => {
    const [cidfile, labels] = [join(host.folder, 'cid'), join(host.folder, 'labels')];
    writeFileSync(labels, '# ours\ncolour=red\nempty\n');
    const flags = ['--cidfile', cidfile, '--label-file', labels, '-l', 'colour=blue'];
    const id = (await host.ok(['create', '--name', 'made', ...flags, 'alpine', 'true'])).trim();
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(readFileSync(cidfile, 'utf8')).toBe(id);
    expect(await host.ok(['ps', '-a', '--format', '{{.Names}} {{.Status}} {{.Labels}}'])).toBe(
      'made Created colour=blue,empty=\n',
    );
    expect(host.leftovers()).toEqual([]);
    const again = await host.gocker(['run', '--cidfile', cidfile, 'alpine', 'true']);
    expect(again).toMatchObject({ exitCode: 125, stdout: '' });
    expect(again.stderr).toContain('container ID file found');
    expect(await host.ok(['wait', 'made'])).toBe('0\n');
    expect((await host.gocker(['kill', 'made'])).stderr).toContain('is not running');
    expect(await host.ok(['rm', 'made'])).toBe('made\n');
  });

  test('start -a shows all that it writes and ends as it does, and -i gives it our input to the end', async () => {
    await host.ok(['create', '-i', '--name', 'made', 'alpine', 'sh', '-c', 'echo out; echo err >&2; cat; exit 3']);
    expect(await host.gocker(['start', '-a', '-i', 'made'], { input: 'typed\n' })).toMatchObject({
      exitCode: 3,
      stdout: 'out\ntyped\n',
      stderr: 'err\n',
    });
    const several = await host.gocker(['start', '-a', 'made', 'other']);
    expect(several).toMatchObject({ exitCode: 1, stdout: '' });
    expect(several.stderr).toContain('you cannot start and attach multiple containers at once');
    expect(await host.ok(['start', 'made'])).toBe('made\n');
    // One that runs is left as it is.
    expect(await host.ok(['start', 'made'])).toBe('made\n');
  });

  test('--cidfile is written by run, and not left where nothing is run', async () => {
    const cidfile = join(host.folder, 'run-cid');
    expect((await host.gocker(['run', '--cidfile', cidfile, 'alpine', '/none'])).exitCode).toBe(127);
    expect(existsSync(cidfile)).toBe(false);
    await host.ok(['run', '--rm', '--cidfile', cidfile, 'alpine', 'true']);
    expect(readFileSync(cidfile, 'utf8')).toMatch(/^[0-9a-f]{64}$/);
  });

  test('container prune removes what does not run and matches, and asks first', async () => {
    await up('one', polite);
    const made = async (...flags: string[]) => (await host.ok(['create', ...flags, 'alpine', 'true'])).trim();
    const [kept, old] = [await made('-l', 'keep=yes'), await made()];
    const asked = await host.gocker(['container', 'prune'], { input: 'n\n' });
    expect(asked.stdout).toMatch(/^WARNING! This will remove all stopped containers\.\nAre you sure/);
    expect(await host.ok(['container', 'prune', '-f', '--filter', 'until=1h'])).toBe('Total reclaimed space: 0B\n');
    expect(await host.ok(['container', 'prune', '-f', '--filter', 'label!=keep=yes'])).toBe(
      `Deleted Containers:\n${old}\n\nTotal reclaimed space: 0B\n`,
    );
    expect(await host.ok(['container', 'prune', '--filter', 'label=keep'], { input: 'y\n' })).toContain(kept);
    expect(await statusOf('one')).toMatch(/^one Up /);
  });

  test.each([
    [['container', 'prune', '-f', '--filter', 'colour=red'], 125, 'invalid filter "colour=red"'],
    [['container', 'prune', '-f', '--filter', 'until=soon'], 1, '"soon"'],
    [['stop', '-t', 'abc', 'x'], 125, 'invalid argument "abc" for "-t, --timeout" flag'],
    [['stop', '-s', 'NONE', 'x'], 1, 'cannot send signal "NONE"'],
    [['run', '--stop-signal', 'NONE', 'alpine'], 125, 'cannot send signal "NONE"'],
    [['run', '--stop-timeout', '1s', 'alpine'], 125, 'invalid argument "1s" for "--stop-timeout" flag'],
    [['rename', 'x'], 1, 'requires exactly 2 arguments'],
    [['stop'], 1, 'requires at least 1 argument'],
  ])('%j ends with %i and says %j', async (argv, exitCode, text) => {
    const outcome = await host.gocker(argv);
    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.stderr).toContain(text);
  });
});

/** As /proc/locks writes it: `MAJOR:MINOR:INODE`. */
function inodeOf(host: Host, id: string): string {
  return `:${statSync(join(host.root, 'containers', id, 'config.json')).ino} `;
}
