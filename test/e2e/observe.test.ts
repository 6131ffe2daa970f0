/** What is told of containers, on real ones: docker's keys, lists by filter, figures, new limits and what is not in use. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alpine, Host, isRoot, type Started } from './host.ts';

/** As docker 28 prints them of a container with no network of its own. */
const keys = {
  '': 'Id Created Path Args State Image ResolvConfPath HostnamePath HostsPath LogPath Name RestartCount Driver Platform MountLabel ProcessLabel AppArmorProfile ExecIDs HostConfig GraphDriver Mounts Config NetworkSettings',
  State: 'Status Running Paused Restarting OOMKilled Dead Pid ExitCode Error StartedAt FinishedAt',
  HostConfig:
    'Binds ContainerIDFile LogConfig NetworkMode PortBindings RestartPolicy AutoRemove VolumeDriver VolumesFrom ConsoleSize CapAdd CapDrop CgroupnsMode Dns DnsOptions DnsSearch ExtraHosts GroupAdd IpcMode Cgroup Links OomScoreAdj PidMode Privileged PublishAllPorts ReadonlyRootfs SecurityOpt UTSMode UsernsMode ShmSize Runtime Isolation CpuShares Memory NanoCpus CgroupParent BlkioWeight BlkioWeightDevice BlkioDeviceReadBps BlkioDeviceWriteBps BlkioDeviceReadIOps BlkioDeviceWriteIOps CpuPeriod CpuQuota CpuRealtimePeriod CpuRealtimeRuntime CpusetCpus CpusetMems Devices DeviceCgroupRules DeviceRequests MemoryReservation MemorySwap MemorySwappiness OomKillDisable PidsLimit Ulimits CpuCount CpuPercent IOMaximumIOps IOMaximumBandwidth MaskedPaths ReadonlyPaths',
  Config:
    'Hostname Domainname User AttachStdin AttachStdout AttachStderr Tty OpenStdin StdinOnce Env Cmd Image Volumes WorkingDir Entrypoint OnBuild Labels',
  NetworkSettings:
    'Bridge SandboxID SandboxKey Ports HairpinMode LinkLocalIPv6Address LinkLocalIPv6PrefixLen SecondaryIPAddresses SecondaryIPv6Addresses EndpointID Gateway GlobalIPv6Address GlobalIPv6PrefixLen IPAddress IPPrefixLen IPv6Gateway MacAddress Networks',
} as const;

/** Ours beside docker's: which snapshots there are, and that --init is off, which docker leaves out. */
const own: Readonly<Record<string, readonly string[]>> = { '': ['Snapshots'], HostConfig: ['Init'] };

describe.skipIf(!isRoot || alpine === undefined)('what is told of containers', () => {
  let host: Host;
  const running: Started[] = [];

  async function start(name: string, flags: readonly string[], command: readonly string[]): Promise<void> {
    const started = host.start(['run', '--name', name, ...flags, 'alpine', ...command]);
    running.push(started);
    await started.says('up');
  }
  const printed = async (...args: string[]) => (await host.ok(args)).trim().split('\n');
  const field = async (name: string, template: string) => (await host.ok(['inspect', '-f', template, name])).trim();

  beforeAll(async () => {
    host = await Host.withAlpine();
    await host.gocker(['run', '--name', 'first', '-l', 'order=1', 'alpine', 'sh', '-c', 'exit 3']);
    await start(
      'busy',
      ['-v', 'data:/data', '-u', 'nobody', '-w', '/tmp'],
      ['sh', '-c', 'echo up; while :; do :; done'],
    );
    await start(
      'calm',
      ['-m', '64m', '-l', 'order=2'],
      ['sh', '-c', 'head -c 3000000 /dev/zero >/file; echo up; sleep 1000 & wait'],
    );
  }, 60_000);

  afterAll(async () => {
    await host.gocker(['rm', '-f', 'first', 'busy', 'calm']);
    for (const { finished } of running) await finished;
    const left = await host.remains();
    host.close();
    expect(left).toEqual([]);
  }, 60_000);

  test('inspect has every key that docker has, and few of its own', async () => {
    const [view] = JSON.parse(await host.ok(['inspect', 'busy']));
    for (const [part, names] of Object.entries(keys)) {
      const found = Object.keys(part === '' ? view : view[part]);
      expect.soft(found.toSorted(), part).toEqual([...names.split(' '), ...(own[part] ?? [])].toSorted());
    }
  });

  test('inspect tells user, directory and command as they were asked for, and sizes where they are wished', async () => {
    expect(
      await field('busy', '{{.Config.User}} {{.Config.WorkingDir}} {{index .Config.Cmd 0}} {{.Config.Entrypoint}}'),
    ).toBe('nobody /tmp sh []');
    expect(await host.ok(['inspect', '-s', '-f', '{{.SizeRw}}', 'calm'])).toBe('3000000\n');
    expect((await host.gocker(['inspect', '-f', '{{.SizeRw}}', 'calm'])).exitCode).toBe(1);
    expect(await host.ok(['inspect', '-f', '{{.Name}}', '--type', 'volume', 'data'])).toBe('data\n');
    const ignored = await host.gocker(['inspect', '-s', '--type', 'image', '-f', '{{.Os}}', 'alpine']);
    expect(ignored).toMatchObject({ exitCode: 0, stdout: 'linux\n', stderr: 'WARNING: --size ignored for image\n' });
  });

  test.each([
    [[], ['calm', 'busy']],
    [['-a'], ['calm', 'busy', 'first']],
    [
      ['-n', '2'],
      ['calm', 'busy'],
    ],
    [['-l'], ['calm']],
    [['-a', '-f', 'before=busy'], ['first']],
    [
      ['-a', '-f', 'since=first'],
      ['calm', 'busy'],
    ],
    [['-f', 'status=exited'], ['first']],
    [['-a', '-f', 'exited=3'], ['first']],
    [['-a', '-f', 'exited=4'], ['']],
    [
      ['-a', '-f', 'label=order'],
      ['calm', 'first'],
    ],
    [['-a', '-f', 'label=order=2', '-f', 'label=order'], ['calm']],
    [['-f', 'volume=data'], ['busy']],
    [['-f', 'volume=/data'], ['busy']],
    [
      ['-a', '-f', 'name=^/f', '-f', 'name=alm$'],
      ['calm', 'first'],
    ],
    [['-a', '-f', 'name=['], ['']],
    [
      ['-a', '-f', 'ancestor=alpine', '-f', 'network=none', '-f', 'health=none'],
      ['calm', 'busy', 'first'],
    ],
    [['-a', '-f', 'ancestor=nonesuch'], ['']],
  ])('ps %j lists %j', async (flags, names) => {
    expect(await printed('ps', ...flags, '--format', '{{.Names}}')).toEqual(names);
  });

  test('ps takes ids and their beginnings, and refuses a container to compare with that is not there', async () => {
    const [id = ''] = await printed('ps', '-q', '--no-trunc', '-f', 'name=calm');
    expect(await printed('ps', '-f', `id=${id.slice(0, 20)}`, '--format', '{{.Names}}')).toEqual(['calm']);
    expect(await host.gocker(['ps', '-f', 'before=nonesuch'])).toMatchObject({ exitCode: 1 });
    expect((await printed('ps', '-as'))[1]).toMatch(/calm\s+3MB \(virtual 10\.8MB\)$/);
  });

  test('stats measures what runs, and has nothing but zeros for what does not', async () => {
    const stats = async (...names: string[]) =>
      (await printed('stats', '--no-stream', '--format', 'json', ...names)).map((line) => JSON.parse(line));
    expect((await stats()).map(({ Name }) => Name)).toEqual(['calm', 'busy']);
    const [busy, calm, first] = await stats('busy', 'calm', 'first');
    expect(Number.parseFloat(busy.CPUPerc)).toBeGreaterThan(5);
    expect(calm).toMatchObject({ PIDs: '2', MemUsage: expect.stringMatching(/iB \/ 64MiB$/), NetIO: '0B / 0B' });
    expect(first).toMatchObject({ CPUPerc: '0.00%', MemUsage: '0B / 0B', PIDs: '0' });
    expect(await host.gocker(['stats', '--no-stream', 'calm', 'nonesuch'])).toMatchObject({ exitCode: 1, stdout: '' });
  });

  test('update: at once for what runs, from its next start for what does not, and docker rules between the two', async () => {
    const limits = '{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.PidsLimit}}';
    expect(await host.ok(['update', '--pids-limit', '50', '-m', '32m', 'calm', 'first'])).toBe('calm\nfirst\n');
    expect(await field('calm', limits)).toBe(`${32 * 1024 ** 2} ${128 * 1024 ** 2} 50`);
    expect(await field('first', limits)).toBe(`${32 * 1024 ** 2} ${64 * 1024 ** 2} 50`);
    expect((await host.ok(['stats', '--no-stream', '--format', '{{.MemUsage}}', 'calm'])).trim()).toMatch(/32MiB$/);
    expect(await host.gocker(['update', '-m', '1g', 'calm'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(
        'smaller than already set memoryswap limit, update the memoryswap at the same time',
      ),
    });
    expect(await host.gocker(['update', '--cpu-shares', '512', '--cpuset-cpus', '4095', 'calm'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('requested CPUs are not available'),
    });
    expect(await field('calm', '{{.HostConfig.CpuShares}} {{.HostConfig.CpusetCpus}}.')).toBe('0 .');
    const policy = '{{.HostConfig.RestartPolicy.Name}} {{.HostConfig.RestartPolicy.MaximumRetryCount}}';
    await host.ok(['update', '--restart', 'on-failure:2', 'first']);
    expect(await field('first', policy)).toBe('on-failure 2');
    await host.ok(['update', '--restart', 'no', 'first']);
    expect(await field('first', policy)).toBe('no 0');
    await host.ok(['update', '--pids-limit', '-1', 'calm']);
    expect(await field('calm', '{{.HostConfig.PidsLimit}}')).toBe('<nil>');
  });

  test('image prune -a leaves what a container is of, and system df counts it', async () => {
    await host.ok(['tag', 'alpine', 'second:name']);
    expect(await host.ok(['image', 'prune', '-af'])).toBe('Total reclaimed space: 0B\n');
    const [, images, containers, volumes] = await printed('system', 'df');
    expect(images).toMatch(/^Images +1 +1 +7\.\d+MB +0B \(0%\)$/);
    expect(containers).toMatch(/^Containers +3 +2 +3MB +0B \(0%\)$/);
    expect(volumes).toMatch(/^Local Volumes +1 +1 +0B +0B$/);
  });

  test('port lists nothing where nothing is published, and says so of a port', async () => {
    expect(await host.ok(['port', 'calm'])).toBe('');
    const { exitCode, stderr } = await host.gocker(['port', 'calm', '80/tcp']);
    expect([exitCode, stderr.split('\n')[0]]).toEqual([1, "gocker: No public port '80/tcp' published for calm"]);
  });
});

test.skipIf(!isRoot || alpine === undefined)(
  'image prune removes what has no name, and with -a what has no container',
  async () => {
    const host = await Host.withAlpine();
    try {
      expect(await host.ok(['image', 'prune', '-f'])).toBe('Total reclaimed space: 0B\n');
      expect(await host.ok(['image', 'prune', '-af', '--filter', 'label=nobody-has-it'])).toBe(
        'Total reclaimed space: 0B\n',
      );
      const answer = await host.gocker(['image', 'prune', '-a'], { input: 'n\n' });
      expect(answer.stdout).toMatch(
        /^WARNING! This will remove all images without at least one container associated to them\.\n/,
      );
      expect(await host.ok(['system', 'prune', '-af'])).toMatch(
        /^Deleted Images:\nuntagged: alpine:latest\n(?:deleted: sha256:[0-9a-f]{64}\n)+\nTotal reclaimed space: 7\.\d+MB\n$/,
      );
      expect(await host.ok(['images', '-q'])).toBe('');
      expect(host.leftovers()).toEqual([]);
    } finally {
      host.close();
    }
  },
);
