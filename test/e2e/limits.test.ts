/** Limits by their flags, what is told of them, and machines that have less than this one. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alpine, cli, Host, isRoot } from './host.ts';

const hybrid = existsSync('/sys/fs/cgroup/unified') && existsSync('/sys/fs/cgroup/devices');

describe.skipIf(alpine === undefined || !isRoot)('limits (root, ../shared)', () => {
  let host: Host;

  beforeAll(async () => {
    host = await Host.withAlpine();
  });

  afterAll(async () => {
    const left = await host.remains();
    host.close();
    expect(left).toEqual([]);
  });

  test('inspect shows limits by docker’s keys, and whether memory ran out', async () => {
    const flags = ['-m', '64m', '--memory-reservation', '32m', '--cpus', '0.5', '-c', '512', '--cpuset-cpus', '0'];
    const more = ['--pids-limit', '50', '--cgroup-parent', 'gocker-e2e', '--memory-swap', '64m'];
    await host.ok(['run', '--name', 'limited', ...flags, ...more, 'alpine', 'true']);
    const [limited] = JSON.parse(await host.ok(['inspect', 'limited']));
    expect(limited.HostConfig).toMatchObject({
      Memory: 67_108_864,
      MemorySwap: 67_108_864,
      MemoryReservation: 33_554_432,
      NanoCpus: 500_000_000,
      CpuQuota: 0,
      CpuShares: 512,
      CpusetCpus: '0',
      PidsLimit: 50,
      BlkioWeight: 0,
      BlkioDeviceReadBps: null,
      CgroupParent: 'gocker-e2e',
    });
    expect(limited.State.OOMKilled).toBe(false);
    await host.ok(['rm', 'limited']);
  });

  test('a container that runs out of memory ends with 137, a sentence, and a mark in its state', async () => {
    const { exitCode, stderr } = await host.gocker([
      'run',
      '--name',
      'big',
      '-m',
      '16m',
      'alpine',
      'tail',
      '/dev/zero',
    ]);
    expect(exitCode).toBe(137);
    expect(stderr).toContain('out of memory: its limit is --memory 16m');
    expect(stderr).toContain('hint: Give it more with --memory');
    expect(await host.ok(['inspect', '-f', '{{.State.OOMKilled}} {{.State.ExitCode}}', 'big'])).toBe('true 137\n');
    await host.ok(['rm', 'big']);
  });

  test.each([
    [['-m', '4m'], 'invalid argument "4m" for "--memory": minimum memory limit allowed is 6MB (expected 6m or more)'],
    [['--memory-swap', '1g'], '"1g" for "--memory-swap"'],
    [['--cpuset-cpus', '4000'], 'cannot use CPUs "4000" (linux.resources.cpu.cpus, --cpuset-cpus)'],
    [['--device-read-bps', '/dev/null:1m'], '"/dev/null" for "--device-read-bps": it is no block device'],
    [['--cgroup-parent', '../up', '-m', '64m'], 'cannot use cgroup "../up/'],
  ])('%j is 125, and leaves nothing', async (flags, message) => {
    const { exitCode, stderr } = await host.gocker(['run', '--rm', ...flags, 'alpine', 'true']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 125, stderr: expect.stringContaining(message) });
    expect(await host.ok(['ps', '-aq'])).toBe('');
  });

  test('the smallest memory that is allowed is enough to start', async () => {
    expect(await host.ok(['run', '--rm', '-m', '6m', 'alpine', 'echo', 'up'])).toBe('up\n');
  });

  test('kill -9 of gocker: the next command removes what is left in every hierarchy', async () => {
    const flags = [
      '-m',
      '64m',
      '--pids-limit',
      '9',
      '--cpus',
      '0.5',
      '--cpuset-cpus',
      '0',
      '--cgroup-parent',
      'gocker-e2e',
    ];
    const started = host.start(['run', '--rm', ...flags, 'alpine', 'sh', '-c', 'echo up; sleep 1000']);
    await started.says('up');
    started.child.kill('SIGKILL');
    await started.finished;
    await expect.poll(() => host.leftovers().filter((left) => left.startsWith('process'))).toEqual([]);
    expect(find('gocker-e2e')).not.toBe('');
    await host.ok(['run', '--rm', 'alpine', 'true']);
    expect(find('gocker-e2e')).toBe('');
  });

  /** Nodes can be made or not; that of the machine's disk can't be opened either way. */
  const tryNodes =
    'mknod /disk b 254 0 && echo made; head -c1 /disk 2>/dev/null && echo read; echo x >/dev/null && echo null';
  const elsewhere = (script: string) =>
    spawnSync('unshare', ['-m', 'sh', '-ec', script], { encoding: 'utf8', env: host.env as NodeJS.ProcessEnv });
  const gocker = `${process.execPath} ${cli}`;
  const run = `${gocker} run --rm alpine sh -c '${tryNodes}'`;

  test.skipIf(!hybrid)('with v1 alone, its devices controller filters, limits hold, and info says so', () => {
    const { stdout, stderr } = elsewhere(`umount /sys/fs/cgroup/unified; ${run}; ${gocker} info`);
    expect(stdout).toMatch(/^made\nnull\n/);
    expect(stdout).toContain('Device Access: devices controller (v1)\n');
    expect(stderr).not.toContain('warning');
    expect(elsewhere(`umount /sys/fs/cgroup/unified; ${gocker} run --rm -m 16m alpine tail /dev/zero`).status).toBe(
      137,
    );
  });

  test.skipIf(!hybrid)(
    'where bpf(2) is refused, v1 filters; where there is neither, no node can be made, said aloud',
    () => {
      const refusing = join(import.meta.dirname, 'without-bpf.py');
      const refused = elsewhere(`python3 ${refusing} ${run}; python3 ${refusing} ${gocker} info`);
      expect(refused.stdout).toMatch(/^made\nnull\n/);
      expect(refused.stdout).toContain('Device Access: devices controller (v1)\n');

      const neither = elsewhere(
        `umount /sys/fs/cgroup/devices; python3 ${refusing} ${run}; python3 ${refusing} ${gocker} info`,
      );
      expect(neither.stdout).toMatch(/^null\n/);
      expect(neither.stderr).toContain('may make no device nodes: bpf() = EPERM');
      expect(neither.stdout).toContain('Device Access: no mknod\n');
    },
  );

  test.skipIf(!hybrid)('without any cgroups a container still starts, and a limit is refused by name', () => {
    const { stdout, stderr } = elsewhere(
      `umount -l /sys/fs/cgroup; ${run}; ! ${gocker} run --rm --pids-limit 5 alpine true`,
    );
    expect(stdout).toBe('null\n');
    expect(stderr).toContain('may make no device nodes');
    expect(stderr).toContain(
      '(linux.resources.pids.limit, --pids-limit): this machine has no cgroup controller "pids"',
    );
  });
});

function find(name: string): string {
  return execFileSync('find', ['/sys/fs/cgroup', '-maxdepth', '2', '-name', name], { encoding: 'utf8' });
}
