/** Snapshots, restores and forks as a user makes them; containers are started again to see what they have. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type * as Library from '../../src/index.ts';
import { alpine, cli, entriesOf, Host, isRoot } from './host.ts';

const hasStrace = spawnSync('strace', ['-V']).status === 0;
if (!hasStrace) console.warn('skipped: to be killed at each step wants strace');

describe.skipIf(alpine === undefined || !isRoot)('snapshots (root, ../shared)', () => {
  let host: Host;
  let engine: Library.Engine;
  let out: string;

  beforeAll(async () => {
    host = await Host.withAlpine();
    const library: typeof Library = await import(pathToFileURL(cli.replace(/cli\.cjs$/, 'index.js')).href);
    engine = library.openEngine({ root: host.root, env: host.env });
    out = join(host.folder, 'out');
    mkdirSync(out);
    // For those in user namespaces, too.
    chmodSync(out, 0o777);
  }, 60_000);

  afterAll(() => {
    const left = [
      ...host.leftovers(),
      ...entriesOf(join(host.root, 'snapshots')),
      ...entriesOf(join(host.root, 'volumes')),
    ];
    host.close();
    expect(left).toEqual([]);
  });

  /** A container that does what `does()` says each time it is started. */
  async function create(name: string, options: Partial<Library.RunOptions> = {}): Promise<void> {
    const volumes = [`${out}:/out`, ...(options.volumes ?? [])];
    await engine.create({ image: 'alpine', command: ['sh', '/out/script'], ...options, name, volumes });
  }

  /** Starts it with a script for its shell. @returns what it wrote to /out/said */
  async function does(name: string, script: string): Promise<string> {
    rmSync(join(out, 'said'), { force: true });
    writeFileSync(join(out, 'script'), `exec >/out/said 2>&1\n${script}\n`);
    await engine.start(name);
    await engine.waitFor(name);
    return readFileSync(join(out, 'said'), 'utf8');
  }

  test('a restore brings back what was at the snapshot: files, removed files, and directories made anew', async () => {
    await create('back');
    await does(
      'back',
      'echo one >/notes; rm /etc/motd; rm -r /etc/apk; mkdir /etc/apk; touch /etc/apk/mine; chmod 711 /opt',
    );
    expect(await host.ok(['snapshot', 'back', 'first'])).toBe('first\n');
    await does('back', 'echo two >>/notes; touch /etc/motd; rm -r /etc/apk; chmod 755 /opt');
    expect(await host.ok(['snapshot', 'back'])).toBe('1\n');
    const look = 'cat /notes; ls /etc/motd; ls /etc/apk; stat -c %a /opt';
    const first = 'one\nls: /etc/motd: No such file or directory\nmine\n711\n';
    const second = 'one\ntwo\n/etc/motd\nls: /etc/apk: No such file or directory\n755\n';
    expect(await does('back', look)).toBe(second);
    expect(await host.ok(['restore', 'back', 'first'])).toBe('back\n');
    expect(await does('back', look)).toBe(first);
    await does('back', 'echo never >/notes');
    await host.ok(['restore', 'back', '1']);
    expect(await does('back', look)).toBe(second);
    expect(await host.ok(['snapshot', 'ls', '-q', 'back'])).toBe('first\n1\n');
    expect(
      await host.ok(['inspect', '-f', '{{range .Snapshots}}{{.Tag}} {{.Layers}} {{.Current}},{{end}}', 'back']),
    ).toBe('first 1 false,1 2 true,\n');
    expect(await host.ok(['verify'])).toMatch(/: sound\n$/);
    await host.ok(['rm', 'back']);
    expect(entriesOf(join(host.root, 'snapshots'))).toEqual([]);
  });

  test('a snapshot that is removed goes from the disk once nothing stands on it', async () => {
    await create('thin');
    await does('thin', 'echo 1 >/notes');
    await host.ok(['snapshot', 'thin', 'one']);
    await does('thin', 'echo 2 >/notes');
    await host.ok(['snapshot', 'thin', 'two']);
    await host.ok(['snapshot', 'rm', 'thin', 'one']);
    expect(entriesOf(join(host.root, 'snapshots'))).toHaveLength(2);
    expect(await does('thin', 'cat /notes')).toBe('2\n');
    expect(await host.gocker(['restore', 'thin', 'one'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('cannot find snapshot "one" of container "thin": no such snapshot'),
    });
    // What it stands on now can't go; what it stood on before can.
    await host.ok(['snapshot', 'thin', 'three']);
    await host.ok(['restore', 'thin', 'two']);
    await host.ok(['snapshot', 'rm', 'thin', 'two', 'three']);
    expect(entriesOf(join(host.root, 'snapshots'))).toHaveLength(2);
    await host.ok(['rm', 'thin']);
  });

  test('a fork goes on from where the first is, with names, volumes and changes of its own', async () => {
    await create('origin', { volumes: ['/data', 'named:/named'], labels: { kept: 'yes' } });
    await does('origin', 'echo first >/notes; echo mine >/data/file; chown 5:6 /data/file; echo ours >/named/file');
    const id = (await host.ok(['fork', 'origin', 'forked'])).trim();
    expect(await host.ok(['ps', '-a', '--format', '{{.Names}} {{.Status}} {{.Labels}}'])).toMatch(
      /^forked Created kept=yes$/m,
    );
    const look =
      'cat /notes /data/file /named/file; stat -c %u:%g /data/file; hostname; grep -c $(hostname) /etc/hosts; echo $HOSTNAME';
    const short = id.slice(0, 12);
    expect(await does('forked', look)).toBe(`first\nmine\nours\n5:6\n${short}\n1\n${short}\n`);
    await does('forked', 'echo second >/notes; echo new >/data/file; echo both >/named/file');
    expect(await does('origin', 'cat /notes /data/file /named/file')).toBe('first\nmine\nboth\n');
    await host.ok(['rm', '-v', 'origin']);
    expect(await does('forked', 'cat /notes /data/file')).toBe('second\nnew\n');
    expect(await host.gocker(['fork', 'forked', 'forked'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('"forked"'),
    });
    await host.ok(['rm', '-v', 'forked']);
    await host.ok(['volume', 'rm', 'named']);
    expect(entriesOf(join(host.root, 'volumes'))).toEqual([]);
  });

  test('sixty snapshots in a row make sixty layers, and one without a change makes none', async () => {
    await create('deep');
    await does('deep', 'true');
    const upperdir = await host.ok(['inspect', '-f', '{{.GraphDriver.Data.UpperDir}}', 'deep']);
    for (let at = 1; at <= 60; at++) {
      writeFileSync(join(upperdir.trim(), `note-${at}`), `${at}\n`);
      expect(await engine.snapshot('deep')).toBe(`${at}`);
    }
    expect(await engine.snapshot('deep', { tag: 'same' })).toBe('same');
    expect((await engine.snapshots('deep')).slice(-2)).toMatchObject([
      { tag: '60', depth: 60, current: true },
      { tag: 'same', depth: 60, current: true },
    ]);
    expect(await does('deep', "ls / | grep -c '^note'; cat /note-1 /note-60")).toBe('60\n1\n60\n');
    await engine.restore('deep', '17');
    expect(await does('deep', "ls / | grep -c '^note'")).toBe('17\n');
    await host.ok(['rm', 'deep']);
  });

  test('files of a container in a user namespace stay its root’s, in a fork with other ids too', async () => {
    await create('mapped', { userns: 'auto:size=1000' });
    await does('mapped', 'echo 1 >/notes; mkdir /d; chown 7:8 /d');
    await engine.snapshot('mapped');
    await engine.fork('mapped', { name: 'other' });
    const look = 'stat -c %u:%g /notes /d /etc/passwd; echo 2 >/notes && cat /notes';
    for (const name of ['mapped', 'other']) expect(await does(name, look)).toBe('0:0\n7:8\n0:0\n2\n');
    await host.ok(['rm', 'mapped', 'other']);
  });

  test('a container that runs is refused, by name and with a cure, and nothing of it changes', async () => {
    await engine.create({ image: 'alpine', command: ['sleep', '1000'], name: 'busy' });
    await engine.start('busy');
    for (const words of [
      ['snapshot', 'busy'],
      ['restore', 'busy', 'x'],
      ['fork', 'busy', 'b2'],
    ]) {
      const { exitCode, stderr } = await host.gocker(words);
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('hint: ') });
    }
    expect(existsSync(join(host.root, 'snapshots')) && entriesOf(join(host.root, 'snapshots'))).toEqual([]);
    await host.ok(['rm', '-f', 'busy']);
  });

  test('--stop stops a container that runs, and starts it again', async () => {
    const command = ['sh', '-c', 'echo life >>/lives; sleep 1000'];
    await engine.create({ image: 'alpine', command, name: 'going', stopSignal: 'KILL' });
    await engine.start('going');
    const lives = async () => (await host.ok(['exec', 'going', 'cat', '/lives'])).split('\n').length - 1;
    await expect.poll(lives).toBe(1);
    await host.ok(['snapshot', '--stop', 'going', 'first']);
    await expect.poll(lives).toBe(2);
    await host.ok(['fork', '--stop', 'going', 'gone']);
    await expect.poll(lives).toBe(3);
    await host.ok(['restore', '--stop', 'going', 'first']);
    await expect.poll(lives).toBe(2);
    expect(await host.gocker(['restore', '--stop', 'going', 'never'])).toMatchObject({ exitCode: 1 });
    expect(await lives()).toBe(2);
    await host.ok(['rm', '-f', 'going', 'gone']);
    await engine.run({ image: 'alpine', command, name: 'passing', autoRemove: true, detach: true });
    expect(await host.gocker(['snapshot', '--stop', 'passing'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('it was run with --rm'),
    });
    await host.ok(['rm', '-f', 'passing']);
  });

  test('explain prints the calls of the last start, of one in the background too, and no value of its environment', async () => {
    await engine.create({ image: 'alpine', command: ['sleep', '1000'], name: 'plain', env: ['SECRET=hush'] });
    expect(await host.gocker(['explain', 'plain'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('it has never been started'),
    });
    await engine.start('plain');
    const running = await host.ok(['explain', 'plain']);
    expect(running).toMatch(/^# .+\npivot_root\("\.", "\."\) = 0$/m);
    expect(running).toMatch(/^execve\("\/bin\/sleep", \["sleep", "1000"\], \[\/\* \d+ vars \*\/\]\)$/m);
    expect(running).not.toContain('hush');
    await engine.kill('plain');
    expect(await host.ok(['explain', 'plain'])).toBe(running);
    const calls: Library.ExplainedCall[] = JSON.parse(await host.ok(['explain', '--format', 'json', 'plain']));
    expect(calls.find(({ call }) => call === 'pivot_root')).toMatchObject({ result: '= 0', failed: false });
    await host.ok(['rm', 'plain']);
  });

  /**
   * Runs a command again and again, killed by SIGKILL before its first call of one kind, its second … until it gets through;
   * then the same with the next kind. @returns how often it was killed
   */
  async function killedAtEachStep(
    words: readonly string[],
    kinds: readonly string[],
    look: () => Promise<void>,
  ): Promise<number> {
    let kills = 0;
    for (const step of kinds) {
      for (let when = 1; ; when++) {
        const flags = ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${step}`];
        const inject = ['-e', `inject=${step}:signal=KILL:when=${when}`];
        const { status, stderr } = spawnSync('strace', [...flags, ...inject, process.execPath, cli, ...words], {
          env: host.env,
          cwd: host.folder,
          encoding: 'utf8',
        });
        expect(stderr).toBe('');
        await look();
        if (status === 0) break;
        kills += 1;
      }
    }
    return kills;
  }

  test.skipIf(!hasStrace)('a snapshot that is killed at any step loses nothing of what was changed', async () => {
    await create('hurt');
    let lines = 0;
    const write = async () => {
      expect(await does('hurt', 'cat /notes 2>/dev/null | wc -l; echo line >>/notes')).toBe(`${lines}\n`);
      lines += 1;
    };
    await write();
    const kills = await killedAtEachStep(['snapshot', 'hurt'], ['rename', 'mkdir', 'rmdir', 'syncfs'], write);
    expect(kills).toBeGreaterThan(5);
    await write();
    expect(await host.ok(['verify'])).toMatch(/: sound\n$/);
    await host.ok(['rm', 'hurt']);
    expect(entriesOf(join(host.root, 'snapshots'))).toEqual([]);
  });

  test.skipIf(!hasStrace)('a restore that is killed at any step has been done or not', async () => {
    await create('torn');
    await does('torn', 'echo old >/notes');
    await engine.snapshot('torn', { tag: 'old' });
    const kills = await killedAtEachStep(['restore', 'torn', 'old'], ['rename', 'mkdir', 'rmdir'], async () => {
      expect(await does('torn', 'cat /notes; echo new >/notes')).toMatch(/^(old|new)\n$/);
    });
    expect(kills).toBeGreaterThan(3);
    await engine.restore('torn', 'old');
    expect(await does('torn', 'cat /notes')).toBe('old\n');
    await host.ok(['rm', 'torn']);
  });

  test.skipIf(!hasStrace)('of a fork that is killed at any step there is all or nothing', async () => {
    await create('stem', { volumes: ['/data'] });
    await does('stem', 'echo stem >/notes; echo stem >/data/notes');
    const kills = await killedAtEachStep(['fork', 'stem', 'branch'], ['rename', 'mkdir'], async () => {
      expect(await does('stem', 'cat /notes')).toBe('stem\n');
      if (!(await host.ok(['ps', '-a', '--format', '{{.Names}}'])).includes('branch')) return;
      expect(await does('branch', 'cat /notes /data/notes')).toBe('stem\nstem\n');
      await host.ok(['rm', '-v', 'branch']);
    });
    expect(kills).toBeGreaterThan(10);
    await host.ok(['rm', '-v', 'stem']);
    expect(entriesOf(join(host.root, 'snapshots'))).toEqual([]);
    expect(entriesOf(join(host.root, 'volumes'))).toEqual([]);
  });
});
