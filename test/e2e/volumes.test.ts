/** Volumes and mounts as a user types them: what is there, what stays, what goes, and what is refused. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TarEntry } from '../support/images/index.ts';
import { startRegistry, type TestRegistry } from '../support/registry/index.ts';
import { alpineImage } from './alpine-image.ts';
import { alpine, entriesOf, Host, isRoot } from './host.ts';

/** A directory with all that a copy can lose. */
const content: readonly TarEntry[] = [
  { name: 'data', type: 'directory', mode: 0o2751, uid: 1000, gid: 2000, mtime: 1_500_000_000 },
  { name: 'data/file', content: 'x', mode: 0o4711, uid: 5, gid: 6, mtime: 1_400_000_000 },
  { name: 'data/hard', type: 'link', linkname: 'data/file' },
  { name: 'data/link', type: 'symlink', linkname: '../etc/passwd', uid: 7 },
  { name: 'data/sub', type: 'directory', mode: 0o700, mtime: 1_300_000_000 },
  { name: 'data/sub/attributes', content: 'y', pax: { 'SCHILY.xattr.user.of': 'mine' } },
  { name: 'data/pipe', type: 'fifo', mode: 0o622 },
  { name: 'data/gone', content: '' },
  { name: 'to-data', type: 'symlink', linkname: '/data' },
  { name: 'file', content: 'no directory' },
];

describe.skipIf(alpine === undefined || !isRoot)('volumes (root, ../shared)', () => {
  let registry: TestRegistry;
  let host: Host;
  const run = (...args: string[]) => host.gocker(['run', '--rm', ...args]);
  const output = async (...args: string[]) => host.ok(['run', '--rm', ...args]);
  const volumes = async () => (await host.ok(['volume', 'ls', '-q'])).split('\n').filter(Boolean);

  beforeAll(async () => {
    registry = await startRegistry();
    registry.addImage('library/alpine', 'latest', await alpineImage(alpine ?? ''));
    const layers = [content, [{ name: 'data/.wh.gone' }, { name: 'data/above', content: 'z' }]];
    const config = { Volumes: { '/data': {}, '/fresh/deep': {} } };
    registry.addImage('library/filled', 'latest', await alpineImage(alpine ?? '', layers, config));
    registry.addImage('library/plain', 'latest', await alpineImage(alpine ?? '', layers));
    host = new Host(registry.host);
    for (const image of ['alpine', 'filled', 'plain']) await host.ok(['pull', '-q', image]);
  });

  afterAll(async () => {
    await registry.close();
    const left = await host.remains();
    const strange = entriesOf(join(host.root, 'volumes')).filter((name) => name.startsWith('.'));
    host.close();
    expect([left, strange]).toEqual([[], []]);
  });

  /** All that stat(1), getfattr(1) and the content say, of a directory and what is in it. */
  const listing = `cd "$0" && { stat -c '%n %A %u:%g %s %Y %h' . ; find . ! -type d ! -name . -exec stat -c '%n %A %u:%g %s %Y %h %N' {} + ;
    find . -mindepth 1 -type d -exec stat -c '%n %A %u:%g %Y' {} + ; find . -type f -exec sha256sum {} + ; getfattr -R -h -d -m user. . 2>/dev/null; } | LC_ALL=C sort`;
  const look = (path: string) => execFileSync('sh', ['-c', listing, path], { encoding: 'utf8' });

  test('a named volume begins with what the image has there, all of it, and keeps what is written', async () => {
    expect(await output('-v', 'kept:/to-data', 'plain', 'ls', '-A', '/data')).toBe(
      'above\nfile\nhard\nlink\npipe\nsub\n',
    );
    const tree = join(host.root, 'volumes', 'kept', '_data');
    const copied = look(tree);
    const bundle = join(host.folder, 'bundle');
    execFileSync('umoci', ['unpack', '--image', `${host.images}:docker.io/library/plain:latest`, bundle], {
      stdio: 'ignore',
    });
    expect(copied).toBe(look(join(bundle, 'rootfs', 'data')));
    await output('-v', 'kept:/data', 'plain', 'sh', '-c', 'rm -r /data/*; echo mine > /data/mine');
    expect(await output('-v', 'kept:/data', 'plain', 'sh', '-c', 'ls /data; cat /data/mine')).toBe('mine\nmine\n');
    await host.ok(['volume', 'rm', 'kept']);
  });

  test('nocopy, a part, or another’s content leave a volume as it is; a file of the image in its place is refused', async () => {
    expect(await output('-v', 'none:/data:nocopy', 'plain', 'ls', '/data')).toBe('');
    expect(await output('--mount', 'source=none,target=/data,volume-nocopy', 'plain', 'ls', '/data')).toBe('');
    const refused = await run('-v', 'over:/file', 'plain', 'true');
    expect(refused).toMatchObject({ exitCode: 125 });
    expect(refused.stderr).toContain('cannot mount volume over existing file: the image has a file at "/file"');
    await host.ok(['volume', 'rm', 'none', 'over']);
  });

  test('VOLUME of the image makes anonymous volumes, which go with --rm and with rm -v, and stay with rm', async () => {
    expect(await output('filled', 'sh', '-c', 'ls /data; stat -c %m /data /fresh/deep')).toContain('above\n');
    expect(await volumes()).toEqual([]);
    for (const [flag, left] of [
      ['-v', 0],
      ['--force', 2],
    ] as const) {
      await host.ok(['run', '--name', 'it', 'filled', 'true']);
      const names = await volumes();
      expect(names).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), expect.stringMatching(/^[0-9a-f]{64}$/)]);
      expect(await host.ok(['volume', 'inspect', '-f', '{{json .Labels}}', names[0] ?? ''])).toBe(
        '{"com.docker.volume.anonymous":""}\n',
      );
      await host.ok(['rm', flag, 'it']);
      expect(await volumes()).toHaveLength(left);
    }
    await host.ok(['volume', 'prune', '-f']);
    expect(await volumes()).toEqual([]);
  });

  test('a volume that a container has, running or not, is not removed, and its id is told', async () => {
    await host.ok(['run', '--name', 'holder', '-v', 'held:/h', 'alpine', 'true']);
    const id = (await host.ok(['ps', '-aq', '--no-trunc'])).trim();
    const refused = await host.gocker(['volume', 'rm', 'held']);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain(`volume is in use - [${id}]`);
    expect(await host.ok(['volume', 'prune', '-af'])).toBe('Total reclaimed space: 0B\n');
    expect(await host.ok(['volume', 'ls', '-q', '-f', 'dangling=true'])).toBe('');
    await host.ok(['rm', '-v', 'holder']);
    expect(await host.ok(['volume', 'prune', '-f'])).toBe('Total reclaimed space: 0B\n');
    expect(await host.ok(['volume', 'prune', '-af'])).toBe('Deleted Volumes:\nheld\n\nTotal reclaimed space: 0B\n');
  });

  test('--volumes-from has another container’s mounts, its read-only ones so, all of them with :ro', async () => {
    mkdirSync(join(host.folder, 'bound'));
    const mounts = ['-v', 'shared:/s', '-v', '/anonymous', '-v', `${host.folder}/bound:/b:ro`, '--tmpfs', '/t'];
    await host.ok(['run', '--name', 'from', ...mounts, 'alpine', 'touch', '/s/one', '/anonymous/two']);
    const look =
      'ls /s /anonymous; touch /s/x && echo written; touch /b/x || echo refused; test -e /t || echo no tmpfs';
    expect(await output('--volumes-from', 'from', 'alpine', 'sh', '-c', look)).toBe(
      '/anonymous:\ntwo\n\n/s:\none\nwritten\nrefused\nno tmpfs\n',
    );
    expect(await output('--volumes-from', 'from:ro', 'alpine', 'sh', '-c', 'touch /s/y || echo refused')).toBe(
      'refused\n',
    );
    const missing = await run('--volumes-from', 'nobody', 'alpine', 'true');
    expect(missing).toMatchObject({ exitCode: 125 });
    expect(missing.stderr).toContain('no such container');
    await host.ok(['rm', '-v', 'from']);
    expect(await volumes()).toEqual(['shared']);
    await host.ok(['volume', 'rm', 'shared']);
  });

  test('a read-only bind is so with all that is mounted below it, unless bind-recursive says otherwise', async () => {
    const below = join(host.folder, 'outer', 'below');
    mkdirSync(below, { recursive: true });
    const script = `mount -t tmpfs none ${below} && for mount in "$@"; do
      ${process.execPath} ${join(import.meta.dirname, '..', '..', 'dist', 'cli.cjs')} run --rm $mount alpine sh -c \\
        'touch /o/x 2>/dev/null && echo outer; touch /o/below/x 2>/dev/null && echo below; echo end'; done`;
    const source = `type=bind,source=${host.folder}/outer,target=/o`;
    const flags = [
      `-v=${host.folder}/outer:/o:ro`,
      `--mount=${source},ro`,
      `--mount=${source},ro,bind-recursive=writable`,
      `--mount=${source},ro,bind-recursive=readonly,bind-propagation=rprivate`,
    ];
    const { stdout } = spawnSync('unshare', ['-m', 'sh', '-c', script, 'sh', ...flags], {
      env: { ...process.env, ...host.env } as NodeJS.ProcessEnv,
      encoding: 'utf8',
    });
    expect(stdout).toBe('end\nend\nbelow\nend\nend\n');
    expect(readdirSync(below)).toEqual([]);
  });

  test('rshared hands mounts on to the container and back, rslave to it alone, and rprivate none', async () => {
    const shared = join(host.folder, 'propagation');
    mkdirSync(shared);
    const cli = join(import.meta.dirname, '..', '..', 'dist', 'cli.cjs');
    // In a mount namespace of the test's own, where the directory is a shared mount.
    const script = `mount --make-rprivate / && mount -t tmpfs none ${shared} && mount --make-shared ${shared} && mkdir ${shared}/late
      for how in rshared rslave rprivate; do
        mkfifo ${shared}/$how
        ${process.execPath} ${cli} run --rm -v ${shared}:/s:$how alpine sh -c 'cat /s/'$how' >/dev/null; grep -c " /s/late " /proc/self/mounts' &
        exec 3> ${shared}/$how; mount -t tmpfs late ${shared}/late; exec 3>&-; wait; umount ${shared}/late
      done`;
    const wait = spawnSync('unshare', ['-m', 'sh', '-c', script], {
      env: { ...process.env, ...host.env } as NodeJS.ProcessEnv,
      encoding: 'utf8',
    });
    expect(wait.stdout).toBe('1\n1\n0\n');
    const refused = await run('-v', `${shared}:/s:rshared`, 'alpine', 'true');
    const isShared =
      / - /.test('') || /^\S+ \S+ \S+ \S+ \/ .* shared:/m.test(readFileSync('/proc/self/mountinfo', 'utf8'));
    if (!isShared) expect(refused.stderr).toContain(`path ${shared} is mounted on / but it is not a shared mount`);
  });

  test('another image, or a part of it, can be mounted to be read, and its layers stay as long as the container', async () => {
    const script = 'cat /i/data/above; touch /i/x || echo refused; ls -A /p';
    const mounts = [
      '--mount',
      'type=image,source=plain,target=/i',
      '--mount',
      'type=image,src=plain,dst=/p,image-subpath=data/sub',
    ];
    expect(await output(...mounts, 'alpine', 'sh', '-c', script)).toBe('zrefused\nattributes\n');
    await host.ok(['run', '--name', 'layers', ...mounts.slice(0, 2), 'alpine', 'true']);
    await host.ok(['rmi', 'plain', 'filled']);
    expect(await output('--volumes-from', 'layers', 'alpine', 'cat', '/i/data/above')).toBe('z');
    await host.ok(['rm', 'layers']);
    expect(await output(...mounts, 'alpine', 'cat', '/i/data/above')).toBe('z');
    for (const [mount, message] of [
      ['type=image,source=plain,target=/i,image-subpath=nope', 'image-subpath "nope" is not there'],
      ['type=image,source=plain,target=/i,image-subpath=file', 'image-subpath "file" is no directory'],
      ['type=image,source=nope-none,target=/i', 'nope-none'],
    ] as const) {
      const refused = await run('--no-fallback', '--mount', mount, 'alpine', 'true');
      expect([refused.exitCode, refused.stderr]).toEqual([125, expect.stringContaining(message)]);
    }
    await host.ok(['pull', '-q', 'filled']);
  });

  test('a part of a volume is a directory or a file of it; one that is not there is refused', async () => {
    await output('-v', 'whole:/w', 'alpine', 'sh', '-c', 'mkdir -p /w/a/b; echo deep > /w/a/b/c; ln -s a/b /w/link');
    const part = (subpath: string, target: string) => [
      '--mount',
      `source=whole,target=${target},volume-subpath=${subpath}`,
    ];
    expect(await output(...part('a/b', '/p'), 'alpine', 'cat', '/p/c')).toBe('deep\n');
    expect(await output(...part('link', '/p'), 'alpine', 'cat', '/p/c')).toBe('deep\n');
    expect(await output(...part('a/b/c', '/etc/deep'), 'alpine', 'cat', '/etc/deep')).toBe('deep\n');
    const refused = await run(...part('nope', '/p'), 'alpine', 'true');
    expect([refused.exitCode, refused.stderr]).toEqual([
      125,
      expect.stringContaining('volume-subpath "nope" is not there'),
    ]);
    await host.ok(['volume', 'rm', 'whole']);
  });

  test('a volume may be a directory of the host under a name', async () => {
    const device = join(host.folder, 'device');
    mkdirSync(device);
    await host.ok(['volume', 'create', '-o', 'type=none', '-o', 'o=bind', '-o', `device=${device}`, 'named']);
    await output('-v', 'named:/n', 'alpine', 'touch', '/n/here');
    expect(readdirSync(device)).toEqual(['here']);
    await host.ok(['volume', 'rm', 'named']);
    expect(readdirSync(device)).toEqual(['here']);
    for (const [options, message] of [
      [['-o', 'type=nfs', '-o', 'device=:/x', '-o', 'o=addr=1'], 'option "type=nfs" with "o=addr=1" is not supported'],
      [['-o', 'foo=bar'], 'invalid option: "foo"'],
      [['-o', 'type=none'], 'missing required option: "device"'],
      [['-d', 'nope'], 'error looking up volume plugin nope'],
    ] as const) {
      const refused = await host.gocker(['volume', 'create', ...options, 'bad']);
      expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining(message)]);
    }
    expect(await volumes()).toEqual([]);
  });

  test('--mount refuses a source that is not there, and makes nothing', async () => {
    const missing = join(host.folder, 'missing');
    const refused = await run('-v', 'made:/m', '--mount', `type=bind,source=${missing},target=/x`, 'alpine', 'true');
    expect([refused.exitCode, refused.stderr]).toEqual([
      125,
      expect.stringContaining(`bind source path does not exist: ${missing}`),
    ]);
    expect(existsSync(missing)).toBe(false);
    expect(await volumes()).toEqual([]);
  });

  test('the source of a bind may be a link, a file or a socket', async () => {
    writeFileSync(join(host.folder, 'one'), 'one');
    symlinkSync('one', join(host.folder, 'alias'));
    const mount = `type=bind,source=${host.folder}/alias,target=/etc/one,readonly`;
    expect(await output('--mount', mount, 'alpine', 'cat', '/etc/one')).toBe('one');
  });

  test('--read-only leaves what is mounted to be written', async () => {
    const mounts = ['--tmpfs', '/t', '-v', 'rw:/v', '--mount', 'type=tmpfs,target=/m,tmpfs-size=1m,tmpfs-mode=700'];
    const script = 'touch /t/x /v/x /m/x && stat -c %a /m && touch /x';
    const { stdout, stderr } = await run('--read-only', ...mounts, 'alpine', 'sh', '-c', script);
    expect([stdout, stderr]).toEqual(['700\n', expect.stringContaining('Read-only file system')]);
    await host.ok(['volume', 'rm', 'rw']);
  });

  test('--read-only leaves nothing of ours to be written either; a tmpfs over /run is as open as /run was', async () => {
    const script = 'for name in hosts hostname resolv.conf; do echo x >>/etc/$name; done; stat -c %a /run /made';
    const { stdout, stderr } = await run(
      '--read-only',
      '--tmpfs',
      '/run',
      '--tmpfs',
      '/made',
      'alpine',
      'sh',
      '-c',
      script,
    );
    expect(stdout).toBe('755\n1777\n');
    expect(stderr.match(/Read-only file system/g)).toHaveLength(3);
  });

  test('inspect tells of mounts with docker’s keys', async () => {
    const mounts = ['-v', 'named:/n:ro', '-v', '/a', '-v', `${host.folder}:/b`, '--tmpfs', '/t:size=1m'];
    const typed = ['--mount', 'type=tmpfs,target=/m,tmpfs-size=1m', '--mount', 'type=image,source=alpine,target=/i'];
    await host.ok(['run', '--name', 'shown', ...mounts, ...typed, 'alpine', 'true']);
    const [shown] = JSON.parse(await host.ok(['inspect', 'shown']));
    const anonymous = expect.stringMatching(/^[0-9a-f]{64}$/);
    const source = join(host.root, 'volumes', 'named', '_data');
    const by = (destination: string) =>
      shown.Mounts.find((mount: { Destination: string }) => mount.Destination === destination);
    expect(shown.Mounts).toHaveLength(5);
    expect(by('/n')).toEqual({
      Type: 'volume',
      Name: 'named',
      Source: source,
      Destination: '/n',
      Driver: 'local',
      Mode: 'ro',
      RW: false,
      Propagation: '',
    });
    expect(by('/a')).toMatchObject({ Type: 'volume', Name: anonymous, Mode: '', RW: true });
    expect(by('/b')).toEqual({
      Type: 'bind',
      Source: host.folder,
      Destination: '/b',
      Mode: '',
      RW: true,
      Propagation: 'rprivate',
    });
    expect(by('/i')).toMatchObject({ Type: 'image', Name: 'alpine', RW: false });
    expect(shown.HostConfig).toMatchObject({
      Binds: ['named:/n:ro', `${host.folder}:/b`],
      Tmpfs: { '/t': 'size=1m' },
      VolumesFrom: null,
      Mounts: [
        { Type: 'tmpfs', Target: '/m', TmpfsOptions: { SizeBytes: 1_048_576 } },
        { Type: 'image', Source: 'alpine', Target: '/i' },
      ],
    });
    expect(shown.Config.Volumes).toEqual({ '/a': {} });
    await host.ok(['rm', '-v', 'shown']);
    await host.ok(['volume', 'rm', 'named']);
  });

  test('of any number of processes that make, use, remove and prune one volume, each has all of it or none', async () => {
    const work = Array.from({ length: 8 }, async (_, worker) => {
      for (let round = 0; round < 3; round++) {
        const used = await run('-v', 'busy:/data', 'filled', 'sh', '-c', 'ls -A /data | wc -l; cat /data/above');
        expect([worker, used.exitCode, used.stdout, used.stderr]).toEqual([worker, 0, '6\nz', '']);
        const removed = await host.gocker(worker % 2 === 0 ? ['volume', 'rm', 'busy'] : ['volume', 'prune', '-af']);
        expect(removed.stderr).toMatch(/^$|volume is in use|no such volume/);
      }
    });
    await Promise.all(work);
    await host.ok(['volume', 'prune', '-af']);
    expect(await volumes()).toEqual([]);
    expect(entriesOf(join(host.root, 'volumes'))).toEqual([]);
  });
});
