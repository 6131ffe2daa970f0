/** Shared namespaces and user namespaces, as the command line has them. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alpine, entriesOf, Host, isRoot } from './host.ts';

describe.skipIf(alpine === undefined || !isRoot)('namespaces (root, ../shared)', () => {
  let host: Host;
  const run = (...args: string[]) => host.gocker(['run', '--rm', ...args], { env: { GOCKER_ALPINE_TARBALL: alpine } });
  const output = async (...args: string[]) => {
    const { stdout, stderr, exitCode } = await run(...args);
    expect(exitCode, stderr).toBe(0);
    return stdout;
  };
  const inspect = async (name: string) => JSON.parse((await host.gocker(['inspect', name])).stdout)[0];

  /** A container in the background until `use` is done. */
  async function beside(name: string, flags: readonly string[], use: () => Promise<void>): Promise<void> {
    const started = host.start([
      'run',
      '--rm',
      '--name',
      name,
      ...flags,
      'alpine',
      'sh',
      '-c',
      'echo here > /dev/shm/x; echo ready; sleep 1000',
    ]);
    try {
      await started.says('ready');
      await use();
    } finally {
      await host.gocker(['rm', '-f', name]);
      await started.finished;
    }
  }

  beforeAll(async () => {
    host = new Host();
    expect((await run('-q', 'alpine', 'true')).exitCode).toBe(0);
  });

  afterAll(async () => {
    const left = await host.remains();
    const containers = entriesOf(join(host.root, 'containers'));
    host.close();
    expect(left).toEqual([]);
    expect(containers).toEqual([]);
  });

  test('a container joins pid, network and IPC of another by its name, and inspect tells', async () => {
    await beside('donor', ['--ipc', 'shareable', '-h', 'known'], async () => {
      const id = (await inspect('donor')).Id as string;
      expect(await output('--ipc', 'container:donor', 'alpine', 'cat', '/dev/shm/x')).toBe('here\n');
      expect(await output('--pid', `container:${id.slice(0, 12)}`, 'alpine', 'ps')).toContain('sleep 1000');
      expect(
        await output('--network', 'container:donor', 'alpine', 'sh', '-c', 'hostname; grep -c known /etc/hosts'),
      ).toBe('known\n1\n');
      expect(await output('--uts', 'container:donor', 'alpine', 'sh', '-c', 'hostname; echo $HOSTNAME')).toBe(
        'known\nknown\n',
      );
      const cgroup = await readlink(`/proc/${(await inspect('donor')).State.Pid}/ns/cgroup`);
      expect(await output('--cgroupns', 'container:donor', 'alpine', 'readlink', '/proc/self/ns/cgroup')).toBe(
        `${cgroup}\n`,
      );
      const { stdout } = await host.gocker([
        'inspect',
        '-f',
        '{{.HostConfig.IpcMode}} {{.HostConfig.PidMode}}|{{.HostConfig.CgroupnsMode}}',
        'donor',
      ]);
      expect(stdout).toBe('shareable |private\n');
      const script = 'echo up; sleep 1000';
      const joined = host.start([
        'run',
        '--rm',
        '--name',
        'joined',
        '--pid',
        'container:donor',
        'alpine',
        'sh',
        '-c',
        script,
      ]);
      await joined.says('up');
      expect((await inspect('joined')).HostConfig.PidMode).toBe(`container:${id}`);
      await host.gocker(['rm', '-f', 'joined']);
      await joined.finished;
    });
  });

  test('what can’t be shared says why, and leaves nothing', async () => {
    await beside('private', [], async () => {
      expect((await run('--ipc', 'container:private', 'alpine', 'true')).stderr).toContain('non-shareable IPC');
      expect((await run('--name', 'self', '--pid', 'container:self', 'alpine', 'true')).stderr).toContain(
        'no such container',
      );
    });
    expect((await run('--pid', 'container:private', 'alpine', 'true')).exitCode).toBe(125);
    await host.gocker(['run', '--name', 'ended', 'alpine', 'true'], { env: { GOCKER_ALPINE_TARBALL: alpine } });
    const ended = await run('--network', 'container:ended', 'alpine', 'true');
    expect(ended).toMatchObject({ exitCode: 125 });
    expect(ended.stderr).toContain(
      'invalid argument "container:ended" for "--network": cannot join a non running container',
    );
    await host.gocker(['rm', 'ended']);
  });

  test('two containers with --userns auto have no id in common, and whoever comes after gets the first again', async () => {
    const start = async (...args: string[]) =>
      Number((await output('--userns', 'auto', ...args, 'alpine', 'cat', '/proc/self/uid_map')).trim().split(/\s+/)[1]);
    let first = 0;
    await beside('one', ['--userns', 'auto:size=1000'], async () => {
      const { userns } = JSON.parse(
        readFileSync(join(host.root, 'containers', (await inspect('one')).Id, 'state.json'), 'utf8'),
      );
      first = userns.start;
      expect((await inspect('one')).HostConfig.UsernsMode).toBe('auto:size=1000');
      const others = await Promise.all([start(), start(), start()]);
      for (const other of others) expect(Math.abs(other - first)).toBeGreaterThanOrEqual(1000);
      expect(await output('--userns', 'container:one', 'alpine', 'cat', '/proc/self/uid_map')).toContain(` ${first} `);
    });
    expect(await start()).toBe(first);
  });

  test('the ids of a container whose gocker was killed stay its own until it is removed', async () => {
    const started = host.start([
      'run',
      '--name',
      'killed',
      '--userns',
      'auto',
      'alpine',
      'sh',
      '-c',
      'cat /proc/self/uid_map; echo ready; sleep 1000',
    ]);
    await started.says('ready');
    started.child.kill('SIGKILL');
    const { stdout } = await started.finished;
    const [, first] = stdout.trim().split(/\s+/);
    const nextFirst = async () =>
      (await output('--userns', 'auto', 'alpine', 'cat', '/proc/self/uid_map')).trim().split(/\s+/)[1];
    await expect.poll(async () => (await inspect('killed')).State.Status, { timeout: 20_000 }).toBe('exited');
    expect(await nextFirst()).not.toBe(first);
    await host.gocker(['rm', 'killed']);
    expect(await nextFirst()).toBe(first);
  });

  test('the host’s files are out of reach of a remapped root, but its own and its volumes’ are not', async () => {
    const data = join(host.folder, 'data');
    mkdirSync(data);
    writeFileSync(join(data, 'secret'), 'of root', { mode: 0o600 });
    const script =
      'cat /data/secret 2>&1 | grep -o denied; touch /data/x 2>&1 | grep -o denied; echo 1.2.3.4 other >> /etc/hosts && touch /vol/x && stat -c %u /vol/x';
    expect(
      await output('--userns', 'remap:700000', '-v', `${data}:/data`, '-v', 'own:/vol', 'alpine', 'sh', '-c', script),
    ).toBe('denied\ndenied\n0\n');
    expect(existsSync(join(data, 'x'))).toBe(false);
    expect(statSync(join(data, 'secret')).uid).toBe(0);
    expect(await output('-v', 'own:/vol', 'alpine', 'stat', '-c', '%u', '/vol/x')).toBe('0\n');
    await host.gocker(['volume', 'rm', 'own']);
  });

  test('a bind that is idmapped belongs to the container’s root, and its files to the host’s', async () => {
    const data = join(host.folder, 'idmapped');
    mkdirSync(data);
    for (const flags of [
      ['-v', `${data}:/data:idmap`],
      ['--mount', `type=bind,source=${data},target=/data,idmap`],
    ]) {
      expect(
        await output('--userns', 'auto', ...flags, 'alpine', 'sh', '-c', 'touch /data/x; stat -c %u /data/x'),
      ).toBe('0\n');
    }
    expect(statSync(join(data, 'x')).uid).toBe(0);
    const refused = await run('-v', `${data}:/data:idmap`, 'alpine', 'true');
    expect(refused.stderr).toContain('cannot idmap "/data": there is no user namespace to map to');
  });

  test('all powers in a user namespace are none outside of it', async () => {
    const script =
      'grep CapEff /proc/self/status; mknod /tmp/disk b 8 0 2>&1 | grep -o permitted; mount -t tmpfs t /mnt && echo mounted';
    const text = await output('--userns', 'auto', '--privileged', 'alpine', 'sh', '-c', script);
    expect(text).toMatch(/^CapEff:\t000001f+\npermitted\nmounted\n$/);
    const nodes = await output(
      '--userns',
      'auto',
      '--privileged',
      'alpine',
      'find',
      '/dev',
      '-type',
      'b',
      '-o',
      '-name',
      'kmsg',
    );
    expect(nodes).toBe('');
  });

  test('--dry-run prints the plan of a user namespace, and --explain what was played', async () => {
    const { stdout } = await host.gocker(['run', '--dry-run', '--userns', 'remap:700000:1000', 'alpine', 'true']);
    expect(stdout).toContain('write(<uid_map>, "0 700000 1000\\n", 14)');
    expect(stdout.match(/^clone3\(/gm)).toHaveLength(3);
    const { stderr } = await host.gocker([
      'run',
      '--rm',
      '--explain',
      '--userns',
      'remap:700000:1000',
      'alpine',
      'true',
    ]);
    expect(stderr).toMatch(/^clone3\(\{flags=CLONE_PIDFD\|CLONE_CLEAR_SIGHAND\|CLONE_NEWUSER\|CLONE_NEWNET.* = \d+ </m);
    expect(stderr).toMatch(/attr_set=MOUNT_ATTR_IDMAP, userns_fd=<user namespace>\}, 32\) = 0 </);
  });
});
