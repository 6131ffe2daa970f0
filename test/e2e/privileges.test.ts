/** Privileges as a user types them: what arrives, what `inspect` shows of it, and what is refused. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alpine, Host, isRoot } from './host.ts';

describe.skipIf(alpine === undefined || !isRoot)('privileges of gocker run (root, ../shared)', () => {
  let host: Host;

  beforeAll(async () => {
    host = await Host.withAlpine();
  });

  afterAll(async () => {
    const left = await host.remains();
    host.close();
    expect(left).toEqual([]);
  });

  const hostConfig = async (...flags: string[]) => {
    await host.ok(['run', '--name', 'seen', ...flags, 'alpine', 'true']);
    const [shown] = JSON.parse(await host.ok(['inspect', 'seen']));
    await host.ok(['rm', 'seen']);
    return shown.HostConfig;
  };

  test('inspect shows what was asked for, with docker’s keys', async () => {
    const flags = [
      '--cap-add=net_admin',
      '--cap-drop=CAP_CHOWN',
      '--security-opt=no-new-privileges',
      '--security-opt=systempaths=unconfined',
      '--ulimit=nofile=64:128',
      '--ulimit=cpu=-1',
      '--oom-score-adj=500',
      '--sysctl=kernel.msgmax=5000',
      '--shm-size=1m',
      '--group-add=audio',
      '--device=/dev/null:/dev/mine:r',
      '--device-cgroup-rule=c 10:* r',
    ];
    expect(await hostConfig(...flags)).toMatchObject({
      CapAdd: ['CAP_NET_ADMIN'],
      CapDrop: ['CAP_CHOWN'],
      Privileged: false,
      SecurityOpt: ['no-new-privileges'],
      Ulimits: [
        { Name: 'nofile', Soft: 64, Hard: 128 },
        { Name: 'cpu', Soft: -1, Hard: -1 },
      ],
      OomScoreAdj: 500,
      Sysctls: { 'kernel.msgmax': '5000' },
      ShmSize: 1048576,
      GroupAdd: ['audio'],
      Devices: [{ PathOnHost: '/dev/null', PathInContainer: '/dev/mine', CgroupPermissions: 'r' }],
      DeviceCgroupRules: ['c 10:* r'],
      MaskedPaths: [],
      ReadonlyPaths: [],
    });
  });

  test('inspect shows docker’s defaults where nothing was asked for', async () => {
    expect(await hostConfig()).toMatchObject({
      CapAdd: null,
      CapDrop: null,
      Privileged: false,
      SecurityOpt: null,
      OomScoreAdj: 0,
      ShmSize: 67108864,
      GroupAdd: null,
      Devices: [],
      DeviceCgroupRules: null,
      MaskedPaths: expect.arrayContaining(['/proc/kcore']),
      ReadonlyPaths: expect.arrayContaining(['/proc/sys']),
    });
    expect(await hostConfig('--privileged')).toMatchObject({
      Privileged: true,
      SecurityOpt: ['label=disable'],
      MaskedPaths: null,
      ReadonlyPaths: null,
    });
  });

  test('what a flag can’t do is said aloud', async () => {
    const { stderr, exitCode } = await host.gocker(['run', '--rm', '--privileged', '--cap-drop=ALL', 'alpine', 'true']);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('warning: --cap-drop does nothing beside --privileged');
  });

  test.each([
    ['--cap-add=NOPE', 'invalid argument "NOPE" for "--cap-add": unknown capability: "CAP_NOPE"'],
    ['--security-opt=nope', 'invalid argument "nope" for "--security-opt"'],
    ['--ulimit=nofile=2:1', 'invalid argument "nofile=2:1" for "--ulimit"'],
    ['--oom-score-adj=1001', 'invalid argument "1001" for "--oom-score-adj"'],
    ['--sysctl=kernel.panic=1', 'sysctl "kernel.panic" is not allowed'],
    ['--shm-size=x', 'invalid argument "x" for "--shm-size": invalid size'],
    ['--shm-size=900000g', 'more than this machine has'],
    ['--group-add=nope', 'invalid argument "nope" for "--group-add"'],
    ['--device=/dev/nope', 'there is no "/dev/nope" on this machine'],
    ['--device=/etc/passwd', '"/etc/passwd" is not a device node'],
    ['--device-cgroup-rule=x', 'invalid device cgroup format'],
  ])('%s ends with 125, names flag and value, and leaves nothing', async (flag, message) => {
    const { stderr, exitCode } = await host.gocker(['run', flag, 'alpine', 'true']);
    expect([exitCode, stderr]).toEqual([125, expect.stringContaining(message)]);
    expect(await host.ok(['ps', '-aq'])).toBe('');
  });

  test('a profile may compare with numbers that no double holds', async () => {
    const profile = join(host.folder, 'profile.json');
    const args = [{ index: 0, op: 'SCMP_CMP_EQ', value: '18446744073709551615' }];
    const syscalls = [{ names: ['kill'], action: 'SCMP_ACT_ERRNO', errnoRet: 38, args }];
    writeFileSync(profile, JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls }));
    const flags = ['--security-opt', `seccomp=${profile}`];
    const { stderr } = await host.gocker(['run', '--rm', ...flags, 'alpine', 'sh', '-c', 'kill -0 -1; kill -0 $$']);
    expect(stderr).toMatch(/^sh: can't kill pid -1: Function not implemented\n$/);
  });
});
