/** cp, diff, export and commit as a user types them, and what other programs make of the image. */
import { execFile, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { alpine, Host, isRoot, type Started } from './host.ts';
import { compareTrees } from './tree.ts';

const run = promisify(execFile);
const hasJudges = existsSync('/usr/bin/umoci') && existsSync('/usr/bin/skopeo');

describe.skipIf(alpine === undefined || !isRoot)('files of containers (root, ../shared)', () => {
  let host: Host;
  let running: Started;
  let here: string;

  beforeAll(async () => {
    host = await Host.withAlpine();
    here = join(host.folder, 'here');
    mkdirSync(join(here, 'dir', 'sub'), { recursive: true });
    mkdirSync(join(here, 'bound'));
    writeFileSync(join(here, 'file'), 'hello\n');
    chownSync(join(here, 'file'), 1000, 1001);
    chmodSync(join(here, 'file'), 0o640);
    writeFileSync(join(here, 'dir', 'a'), 'a');
    writeFileSync(join(here, 'dir', 'sub', 'b'), 'b');
    symlinkSync('file', join(here, 'link'));
    // What stands for the two states that a container's files can be in.
    const mounts = ['-v', 'shared:/vol', '-v', `${here}/bound:/ro:ro`, '--tmpfs', '/tmp'];
    running = host.start(['run', '--name', 'running', ...mounts, 'alpine', 'sh', '-c', 'echo up; exec sleep 1000'], {
      input: '',
    });
    await running.says('up');
    await host.ok(['run', '--name', 'stopped', '-v', 'other:/vol', '-v', `${here}/bound:/ro:ro`, 'alpine', 'true']);
    await host.ok(['run', '--name', 'locked', '--read-only', 'alpine', 'true']);
  });
  afterAll(async () => {
    for (const name of ['running', 'stopped', 'locked']) await host.gocker(['rm', '-f', name]);
    await running?.finished;
    const left = await host.remains();
    host.close();
    expect(left).toEqual([]);
  });

  const cp = (...args: string[]) => host.gocker(['cp', ...args], { cwd: here });

  /** What `find` sees of a place in a container, with owners and modes. */
  async function listed(container: string, path: string): Promise<string[]> {
    const tar = join(host.folder, 'listed.tar');
    await run(
      'sh',
      [
        '-c',
        `"$0" "$@" > ${tar}`,
        process.execPath,
        join(import.meta.dirname, '../../dist/cli.cjs'),
        'cp',
        `${container}:${path}`,
        '-',
      ],
      { env: host.env as NodeJS.ProcessEnv },
    );
    const { stdout } = await run('tar', ['--numeric-owner', '-tvf', tar]);
    return stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/ +/g, ' ').replace(/ \d{4}-\d\d-\d\d \d\d:\d\d /, ' '));
  }

  for (const name of ['running', 'stopped']) {
    test(`cp puts files and directories into a ${name} container as docker does`, async () => {
      for (const [source, target] of [
        ['file', '/'],
        ['file', '/etc'],
        ['file', '/renamed'],
        ['file', 'relative'],
        ['link', '/'],
        ['dir', '/one'],
        ['dir', '/one'],
        ['dir/.', '/two/'],
        ['file', '/vol/'],
        ['file', '/etc/hostname'],
      ]) {
        expect(await cp(source ?? '', `${name}:${target}`)).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
      }
      const { stderr, exitCode } = await cp('-L', 'link', `${name}:/followed`);
      expect([exitCode, stderr]).toEqual([0, '']);
      for (const path of ['/file', '/etc/file', '/renamed', '/relative', '/followed', '/vol/file']) {
        expect(await listed(name, path)).toEqual([`-rw-r----- 1000/1001 6 ${path.slice(path.lastIndexOf('/') + 1)}`]);
      }
      expect(await listed(name, '/link')).toEqual(['lrwxrwxrwx 0/0 0 link -> file']);
      expect((await listed(name, '/one')).map((line) => line.split(' ').at(-1))).toEqual([
        'one/',
        'one/a',
        'one/dir/',
        'one/dir/a',
        'one/dir/sub/',
        'one/dir/sub/b',
        'one/sub/',
        'one/sub/b',
      ]);
      expect((await listed(name, '/two/.')).map((line) => line.split(' ').at(-1))).toEqual([
        './',
        './a',
        './sub/',
        './sub/b',
      ]);
      // A volume's files are in the volume, and a file of ours that is mounted is written, not replaced.
      expect(existsSync(join(host.root, 'containers'))).toBe(true);
      expect(await cp(`${name}:/etc/hostname`, 'name')).toMatchObject({ exitCode: 0 });
      expect(readFileSync(join(here, 'name'), 'utf8')).toBe('hello\n');
    });

    test(`cp takes files and directories out of a ${name} container as docker does`, async () => {
      const out = join(here, `out-${name}`);
      mkdirSync(out);
      const tree = [
        ['/etc/alpine-release', `${out}/`, 'alpine-release'],
        ['/etc/alpine-release', `${out}/renamed`, 'renamed'],
        ['/etc/apk', `${out}/apk`, 'apk/world'],
        ['/etc/apk', `${out}/apk`, 'apk/apk/world'],
        ['/etc/apk/.', `${out}/contents`, 'contents/world'],
        ['/etc/mtab', out, 'mtab'],
      ];
      for (const [source, target, made] of tree) {
        expect(await cp(`${name}:${source}`, target ?? '')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
        expect(lstatSync(join(out, made ?? '')).uid).toBe(0);
      }
      expect(readlinkSync(join(out, 'mtab'))).toBe('/proc/mounts');
      await cp('file', `${name}:/owned`);
      await cp(`${name}:/owned`, `${out}/plain`);
      await cp('-a', `${name}:/owned`, `${out}/archive`);
      expect([statSync(join(out, 'plain')).uid, statSync(join(out, 'archive')).uid]).toEqual([0, 1000]);
    });
  }

  test.each([
    [['file', 'running:/new/'], 'no such directory'],
    [['file', 'running:/nope/f'], 'could not find the file /nope/f in container running'],
    [['dir', 'running:/etc/passwd'], 'cannot copy directory'],
    [['running:/nope', '.'], 'could not find the file /nope in container running'],
    [['running:/etc', './file'], 'cannot copy directory'],
    [['running:/etc/passwd', './none/'], 'no such directory'],
    [['running:/etc/passwd', './none/x'], 'invalid output path: directory'],
    [['nope', 'running:/'], 'no such file or directory'],
    [['link/', 'running:/'], 'not a directory'],
    [['file', 'nobody:/'], 'no such container'],
    [['file', 'file2'], 'must specify at least one container source'],
    [['running:/etc', 'stopped:/etc'], 'copying between containers is not supported'],
    [['file', 'locked:/x'], 'container rootfs is marked read-only'],
    [['file', 'running:/ro/x'], 'mounted volume is marked read-only'],
    [['file', 'stopped:/ro/x'], 'mounted volume is marked read-only'],
    [['-', 'running:/nope'], 'destination "running:/nope" must be a directory'],
    [['dir', 'running:/etc/passwd/x'], 'not a directory'],
  ])('cp %s is refused: %s', async (args, words) => {
    const { exitCode, stderr } = await cp(...args);
    expect(stderr).toContain(words);
    expect(exitCode).toBe(1);
  });

  test('cp unpacks a tar from standard input, and tells what is wrong with one', async () => {
    const { stdout } = await run('tar', ['-C', here, '-cf', '-', 'dir'], { encoding: 'latin1' });
    const into = async (input: string, path: string) => {
      const child = spawn(
        process.execPath,
        [join(import.meta.dirname, '../../dist/cli.cjs'), 'cp', '-', `stopped:${path}`],
        {
          env: host.env as NodeJS.ProcessEnv,
        },
      );
      let told = '';
      child.stderr.on('data', (text) => {
        told += text;
      });
      child.stdin.on('error', () => {});
      child.stdin.end(Buffer.from(input, 'latin1'));
      const exitCode = await new Promise((resolve) => child.on('close', resolve));
      return { exitCode, told };
    };
    expect(await into(stdout, '/srv')).toEqual({ exitCode: 0, told: '' });
    expect((await listed('stopped', '/srv')).map((line) => line.split(' ').at(-1))).toEqual([
      'srv/',
      'srv/dir/',
      'srv/dir/a',
      'srv/dir/sub/',
      'srv/dir/sub/b',
    ]);
    const { exitCode, told } = await into('garbage', '/srv');
    expect([exitCode, told]).toEqual([1, expect.stringContaining('cannot unpack the tar')]);
  });

  test('diff tells what changed, export gives what there is, commit makes an image of it that others read', async () => {
    const changes = [
      'echo new >/etc/new; echo more >>/etc/passwd; rm /etc/motd; rm -rf /etc/apk; mkdir /etc/apk; mkdir -p /a/b; touch /a/b/c',
      'rm -r /media; touch /media; chmod 700 /srv; mv /etc/fstab /etc/fstab2; cat /etc/group >/dev/null; touch -r /etc/shells /etc/shells',
      'ln /a/b/c /a/hard; mkfifo /a/pipe; chown 5:6 /a/pipe; chmod 4711 /a/b/c',
    ];
    const script = changes.join(';');
    await host.ok(['run', '--name', 'changed', '-e', 'MINE=1', '-v', 'vol:/data', 'alpine', 'sh', '-c', script]);
    const expected = [
      ...['A /a', 'A /a/b', 'A /a/b/c', 'A /a/hard', 'A /a/pipe', 'A /data', 'C /etc', 'C /etc/apk', 'D /etc/apk/arch'],
      ...[
        'D /etc/apk/keys',
        'D /etc/apk/protected_paths.d',
        'D /etc/apk/repositories',
        'D /etc/apk/world',
        'D /etc/fstab',
      ],
      ...['A /etc/fstab2', 'D /etc/motd', 'A /etc/new', 'C /etc/passwd', 'C /media', 'C /srv'],
    ];
    expect((await host.ok(['diff', 'changed'])).trimEnd().split('\n')).toEqual(expected);

    const exported = join(host.folder, 'exported');
    mkdirSync(exported);
    expect(await host.gocker(['export', '-o', join(host.folder, 'no', 'x.tar'), 'changed'])).toMatchObject({
      exitCode: 1,
    });
    await host.ok(['export', '-o', `${exported}.tar`, 'changed']);
    await run('tar', ['-C', exported, '-xpf', `${exported}.tar`, '--same-owner']);
    expect(readdirSync(join(exported, 'etc'))).not.toContain('motd');
    expect(statSync(join(exported, 'a', 'b', 'c')).ino).toBe(statSync(join(exported, 'a', 'hard')).ino);

    const options = ['-a', 'me', '-m', 'tried', '-c', 'CMD ["cat", "/etc/new"]', '-c', 'ENV MORE="$MINE 2"'];
    const id = (await host.ok(['commit', ...options, 'changed', 'made:1'])).trim();
    const [image] = JSON.parse(await host.ok(['image', 'inspect', 'made:1']));
    expect(image).toMatchObject({ Id: id, Author: 'me', Comment: 'tried' });
    expect(image.Config).toMatchObject({
      Cmd: ['cat', '/etc/new'],
      Env: [expect.stringMatching(/^PATH=/), 'MINE=1', 'MORE=1 2'],
    });
    expect(await host.ok(['run', '--rm', 'made:1'])).toBe('new\n');
    expect(await host.ok(['history', 'made:1'])).toContain('tried');
    expect(await host.ok(['verify'])).toMatch(/: sound\n$/);
    // Nothing changed, nothing added.
    await host.ok(['run', '--name', 'same', 'made:1', 'true']);
    await host.ok(['commit', 'same', 'made:2']);
    const [same] = JSON.parse(await host.ok(['image', 'inspect', 'made:2']));
    expect(same.RootFS).toEqual(image.RootFS);
    await host.ok(['rm', 'changed', 'same']);
    if (!hasJudges) return;
    const name = `oci:${host.images}:docker.io/library/made:1`;
    const { stdout } = await run('skopeo', ['inspect', '--config', name]);
    expect(JSON.parse(stdout)).toMatchObject({ author: 'me', config: { Cmd: ['cat', '/etc/new'] } });
    await run('skopeo', ['copy', name, `oci:${join(host.folder, 'copy')}:made`]);
    const bundle = join(host.folder, 'umoci');
    await run('umoci', ['unpack', '--image', `${join(host.folder, 'copy')}:made`, bundle]);
    const lowerdirs = image.GraphDriver.Data.LowerDir.split(':') as string[];
    expect(await compareTrees(join(bundle, 'rootfs'), lowerdirs)).toEqual([]);
  }, 60_000);

  test('diff and commit count what snapshots have frozen, too: a layer each', async () => {
    await host.ok(['run', '--name', 'snapped', 'alpine', 'sh', '-c', 'echo 1 >/one; rm /etc/motd; mkdir /etc/new']);
    await host.ok(['snapshot', 'snapped']);
    for (const path of ['/one', '/etc/motd', '/etc/new/file', '/root/file', '/etc/issue']) {
      expect(await cp('file', `snapped:${path}`)).toMatchObject({ exitCode: 0 });
    }
    expect((await host.ok(['diff', 'snapped'])).trimEnd().split('\n')).toEqual([
      ...[
        'C /etc',
        'C /etc/issue',
        'C /etc/motd',
        'A /etc/new',
        'A /etc/new/file',
        'A /one',
        'C /root',
        'A /root/file',
      ],
    ]);
    await host.ok(['commit', 'snapped', 'snapped:1']);
    const [image] = JSON.parse(await host.ok(['image', 'inspect', 'snapped:1']));
    expect(image.RootFS.Layers).toHaveLength(3);
    expect(await host.ok(['run', '--rm', 'snapped:1', 'cat', '/one', '/etc/motd', '/etc/new/file'])).toBe(
      'hello\n'.repeat(3),
    );
    expect(await host.ok(['verify'])).toMatch(/: sound\n$/);
    await host.ok(['rm', 'snapped']);
    await host.ok(['rmi', 'snapped:1']);
  });

  test('commit pauses one that runs, and leaves it running; it refuses what it can’t do before it does anything', async () => {
    const id = (await host.ok(['commit', 'running'])).trim();
    expect(id).toMatch(/^sha256:/);
    expect(await host.ok(['ps', '-q'])).not.toBe('');
    expect(running.child.exitCode).toBeNull();
    const before = await host.ok(['images', '-a', '-q']).catch(() => host.ok(['images', '-q']));
    for (const [args, words] of [
      [['-c', 'RUN x', 'running'], 'RUN is not a valid change command'],
      [['running', 'Upper:1'], 'lower'],
      [['nobody'], 'no such container'],
    ] as const) {
      const { exitCode, stderr } = await host.gocker(['commit', ...args]);
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining(words)]);
    }
    expect(await host.ok(['images', '-a', '-q']).catch(() => host.ok(['images', '-q']))).toBe(before);
    await host.ok(['rmi', id.slice(7, 19)]);
  });

  test('a commit that is killed at any moment leaves the store sound, no temporary file, and the container going', async () => {
    const script =
      'dd if=/dev/urandom of=/big bs=1M count=8 2>/dev/null; i=0; while :; do i=$((i+1)); echo $i >/count; done';
    const busy = host.start(['run', '--name', 'busy', 'alpine', 'sh', '-c', script], { input: '' });
    const upper = async () => {
      const [{ GraphDriver }] = JSON.parse(await host.ok(['inspect', 'busy']));
      return join(GraphDriver.Data.UpperDir, 'count');
    };
    try {
      await vi.waitFor(async () => expect(existsSync(await upper())).toBe(true), 10_000);
      const count = await upper();
      for (let round = 0; round < 6; round++) {
        const commit = host.start(['commit', 'busy', `killed:${round}`], { input: '' });
        // From before it has begun to after it is done.
        await Promise.race([commit.finished, setTimeout(60 + round * 70)]);
        commit.child.kill('SIGKILL');
        await commit.finished;
        const before = readFileSync(count, 'utf8');
        await vi.waitFor(() => expect(readFileSync(count, 'utf8')).not.toBe(before), 10_000);
      }
      await host.ok(['commit', 'busy', 'whole:1']);
      expect(await host.ok(['verify'])).toMatch(/: sound\n$/);
      expect(await host.ok(['run', '--rm', 'whole:1', 'sh', '-c', 'wc -c </big'])).toBe('8388608\n');
    } finally {
      await host.gocker(['rm', '-f', 'busy']);
      await busy.finished;
    }
  }, 60_000);

  test('export refuses to write to a terminal, and works on one that runs', async () => {
    const command = `${process.execPath} ${join(import.meta.dirname, '../../dist/cli.cjs')} export running`;
    const { stdout } = await run('script', ['-qec', command, '/dev/null'], {
      env: host.env as NodeJS.ProcessEnv,
    }).catch((error: { stdout: string }) => error);
    expect(stdout).toContain('cowardly refusing to save to a terminal');
    const tar = join(host.folder, 'running.tar');
    await host.ok(['export', '-o', tar, 'running']);
    const listing = (await run('tar', ['-tf', tar])).stdout.split('\n');
    expect(listing).toContain('vol/');
    // Neither what is in volumes nor what the kernel shows of itself.
    expect(listing.filter((name) => /^(?:vol|proc|sys|dev)\/./.test(name))).toEqual([]);
  });
});
