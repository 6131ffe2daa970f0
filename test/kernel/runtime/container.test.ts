import { readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { launch } from '../../../src/runtime/index.ts';
import { alpine, overlay, rootTest, run, scratch, sh, specOf } from './alpine.ts';

const namespaceTypes = ['pid', 'mnt', 'uts', 'ipc', 'net', 'cgroup'] as const;

rootTest('every namespace of a container is its own', async () => {
  const inside = (await sh(`for ns in ${namespaceTypes.join(' ')}; do readlink /proc/self/ns/$ns; done`)).split('\n');
  const outside = namespaceTypes.map((type) => readlinkSync(`/proc/self/ns/${type}`));
  for (const [index, type] of namespaceTypes.entries()) {
    expect(inside[index]).toMatch(new RegExp(`^${type}:`));
    expect(inside[index]).not.toBe(outside[index]);
  }
});

rootTest('network host shares the network namespace alone', async () => {
  const inside = await sh('readlink /proc/self/ns/net; readlink /proc/self/ns/uts', { network: 'host' });
  expect(inside.split('\n')[0]).toBe(readlinkSync('/proc/self/ns/net'));
  expect(inside.split('\n')[1]).not.toBe(readlinkSync('/proc/self/ns/uts'));
});

rootTest('the command is process 1, in a session of its own, with the hostname of the spec', async () => {
  expect(await sh('echo $$; hostname; cut -d" " -f6 /proc/self/stat')).toBe('1\nbox\n1');
  expect(readFileSync('/proc/sys/kernel/hostname', 'utf8').trim()).not.toBe('box');
});

rootTest('the mounts are docker’s, with docker’s options', async () => {
  const table = (await sh('cat /proc/mounts')).split('\n').map((line) => line.split(' '));
  const find = (path: string) => table.find(([, mountpoint]) => mountpoint === path);
  // Where the kernel was built with 64-bit inode numbers for tmpfs, it says so.
  const options = (path: string) => new Set(find(path)?.[3]?.replace(',inode64', '').split(','));
  expect(find('/')?.[2]).toBe('overlay');
  expect(find('/proc')?.[2]).toBe('proc');
  expect(options('/proc')).toEqual(new Set(['rw', 'nosuid', 'nodev', 'noexec', 'relatime']));
  expect(options('/dev')).toEqual(new Set(['rw', 'nosuid', 'size=65536k', 'mode=755']));
  expect(options('/dev/pts')).toEqual(
    new Set(['rw', 'nosuid', 'noexec', 'relatime', 'gid=5', 'mode=620', 'ptmxmode=666']),
  );
  expect(options('/dev/shm')).toEqual(new Set(['rw', 'nosuid', 'nodev', 'noexec', 'relatime', 'size=65536k']));
  expect(find('/dev/mqueue')?.[2]).toBe('mqueue');
  expect(options('/sys')).toEqual(new Set(['ro', 'nosuid', 'nodev', 'noexec', 'relatime']));
  expect(find('/sys/fs/cgroup')?.[2]).toBe('cgroup2');
  expect(options('/sys/fs/cgroup')).toContain('ro');
});

rootTest('the host’s tree is nowhere: no mount of it, no old root', async () => {
  const mountpoints = (await sh('cut -d" " -f5 /proc/self/mountinfo')).split('\n');
  expect(mountpoints.filter((path) => !/^\/(?:$|proc|dev|sys)/.test(path))).toEqual([]);
  expect(await sh('ls /')).not.toContain('work\n');
});

rootTest('/dev has its nodes and links, and nothing else', async () => {
  const listing = await sh(
    'cd /dev; for f in *; do stat -c "%n %F %a %t:%T" $f; done; for l in fd stdin ptmx core; do readlink $l; done',
  );
  expect(listing.split('\n')).toEqual([
    'core symbolic link 777 0:0',
    'fd symbolic link 777 0:0',
    'full character special file 666 1:7',
    'mqueue directory 1777 0:0',
    'null character special file 666 1:3',
    'ptmx symbolic link 777 0:0',
    'pts directory 755 0:0',
    'random character special file 666 1:8',
    'shm directory 1777 0:0',
    'stderr symbolic link 777 0:0',
    'stdin symbolic link 777 0:0',
    'stdout symbolic link 777 0:0',
    'tty character special file 666 5:0',
    'urandom character special file 666 1:9',
    'zero character special file 666 1:5',
    '/proc/self/fd',
    '/proc/self/fd/0',
    'pts/ptmx',
    '/proc/kcore',
  ]);
});

rootTest('/dev, /dev/shm and the rootfs can be written to, and changes go to the upperdir', async () => {
  const rootfs = overlay();
  await sh('echo x > /dev/null; echo x > /dev/shm/a; touch /dev/log; echo changed > /etc/motd', { rootfs });
  expect(readFileSync(join(rootfs.writable?.upperdir ?? '', 'etc/motd'), 'utf8')).toBe('changed\n');
  expect(readFileSync(join(alpine(), 'etc/motd'), 'utf8')).not.toBe('changed\n');
});

rootTest('the loopback is up, and is the only interface', async () => {
  expect(await sh('ls /sys/class/net; ping -c1 -W1 127.0.0.1 >/dev/null && echo up')).toBe('lo\nup');
});

rootTest('an ordinary user may listen on port 80 and ping, as with docker', async () => {
  expect(await sh('cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/net/ipv4/ping_group_range')).toBe(
    '0\n0\t2147483647',
  );
  expect(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8').trim()).toBe('1024');
});

rootTest('capabilities are docker’s fourteen in each set but the inheritable and ambient one', async () => {
  const status = await sh('grep -E "^(Cap|NoNewPrivs|Seccomp:|Groups)" /proc/self/status');
  const field = (name: string) => new RegExp(`^${name}:[\\t ]*(.*?)[\\t ]*$`, 'm').exec(status)?.[1];
  for (const set of ['CapPrm', 'CapEff', 'CapBnd']) expect(field(set)).toBe('00000000a80425fb');
  for (const set of ['CapInh', 'CapAmb']) expect(field(set)).toBe('0000000000000000');
  expect(field('NoNewPrivs')).toBe('0');
  expect(field('Groups')).toBe('');
});

rootTest('a user that isn’t root has its ids and groups, no capability, and stdio that it can reopen', async () => {
  const { stdout, exit } = await run(
    ['sh', '-ec', 'id -u; id -g; id -G; grep CapEff /proc/self/status; echo again > /dev/stdout; echo x > /dev/stderr'],
    {
      process: {
        user: { uid: 1000, gid: 1001, additionalGids: [29, 44] },
        capabilities: { bounding: ['CAP_CHOWN'], permitted: [], effective: [] },
      },
    },
  );
  expect(exit.exitCode).toBe(0);
  expect(stdout).toBe('1000\n1001\n1001 29 44\nCapEff:\t0000000000000000\nagain\n');
});

rootTest('ambient capabilities and no_new_privs reach the program', async () => {
  const one = ['CAP_NET_BIND_SERVICE'];
  const status = await sh('grep -E "^(CapEff|CapAmb|NoNewPrivs)" /proc/self/status', {
    process: {
      user: { uid: 1000, gid: 1000 },
      noNewPrivileges: true,
      capabilities: { bounding: one, permitted: one, effective: one, inheritable: one, ambient: one },
    },
  });
  expect(status).toBe('CapEff:\t0000000000000400\nCapAmb:\t0000000000000400\nNoNewPrivs:\t1');
});

rootTest('no signal is blocked or ignored, though Node ignores SIGPIPE', async () => {
  // Not through sh, which ignores SIGQUIT itself.
  const { stdout } = await run(['grep', '-E', '^Sig(Blk|Ign)', '/proc/self/status']);
  expect(stdout).toBe('SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n');
});

rootTest('no descriptor is open but stdin, stdout and stderr', async () => {
  // The fourth is ls's own, of the directory.
  expect(await sh('ls /proc/self/fd')).toBe('0\n1\n2\n3');
  expect(await sh('readlink /proc/self/fd/0; readlink /proc/self/fd/1 | cut -d: -f1')).toBe('/dev/null\npipe');
});

rootTest('masked files read as nothing, masked directories are empty, and neither can be written', async () => {
  expect(
    await sh('cat /proc/keys /proc/timer_list | wc -c; ls -A /proc/acpi /sys/firmware | grep -v : | grep . | wc -l'),
  ).toBe('0\n0');
  expect(statSync('/proc/keys').isFile()).toBe(true);
  const { exit } = await run(['sh', '-c', 'echo x > /sys/firmware/x']);
  expect(exit.exitCode).not.toBe(0);
});

rootTest('a masked path of the image is covered whether it is a file, a directory or not there', async () => {
  const text = await sh('wc -c < /etc/passwd; ls -A /etc/apk | wc -l; ls /nowhere 2>&1 | grep -c "No such"', {
    linux: { maskedPaths: ['/etc/passwd', '/etc/apk', '/nowhere'] },
  });
  expect(text).toBe('0\n0\n1');
});

rootTest('read-only paths refuse writing', async () => {
  const { stderr, exit } = await run(['sh', '-c', 'echo 1 > /proc/sys/kernel/panic']);
  expect(exit.exitCode).not.toBe(0);
  expect(stderr).toContain('Read-only file system');
  expect((await run(['sh', '-c', 'echo h > /proc/sysrq-trigger'])).exit.exitCode).not.toBe(0);
});

rootTest(
  'a read-only rootfs refuses writing, while missing mount points and the working directory are still made',
  async () => {
    const text = await sh('pwd; touch /x 2>&1 | grep -o Read-only; touch /new/here/x && echo ok', {
      root: { readonly: true },
      process: { cwd: '/made/for it' },
      mounts: [{ destination: '/new/here', type: 'tmpfs', source: 'tmpfs', options: ['size=1m'] }],
    });
    expect(text).toBe('/made/for it\nRead-only\nok');
  },
);

rootTest('binds of directories and files appear, read-only where asked, and changes show on the host', async () => {
  const host = scratch('host');
  writeFileSync(join(host, 'file'), 'from the host\n');
  const text = await sh(
    'cat /data/file /etc/single; echo new > /data/made; (echo x > /ro/x) 2>&1 | grep -o Read-only; grep " /ro " /proc/mounts | cut -d" " -f4 | cut -c1-2',
    {
      mounts: [
        { destination: '/data/', type: 'bind', source: host, options: ['rbind', 'rprivate'] },
        { destination: '/ro', type: 'bind', source: host, options: ['rbind', 'ro', 'rprivate'] },
        { destination: '/etc/single', type: 'bind', source: join(host, 'file'), options: ['bind'] },
      ],
    },
  );
  expect(text).toBe('from the host\nfrom the host\nRead-only\nro');
  expect(readFileSync(join(host, 'made'), 'utf8')).toBe('new\n');
});

rootTest('a tmpfs has the size and mode that were asked for', async () => {
  const text = await sh('stat -c %a /scratch; grep " /scratch " /proc/mounts', {
    mounts: [{ destination: '/scratch', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'size=2m', 'mode=1770'] }],
  });
  expect(text).toMatch(/^1770\ntmpfs \/scratch tmpfs rw,nosuid,relatime,size=2048k,mode=1770/);
});

rootTest('limits are set; one that wants more than gocker has is told as a warning', async () => {
  const rlimits = [{ type: 'RLIMIT_NOFILE', soft: 100, hard: 200 }];
  expect(await sh('ulimit -Sn; ulimit -Hn', { process: { rlimits } })).toBe('100\n200');
});

rootTest('the umask is the spec’s, 022 where it says nothing', async () => {
  expect(await sh('umask')).toBe('0022');
  expect(await sh('umask', { process: { user: { uid: 0, gid: 0, umask: 0o077 } } })).toBe('0077');
});

rootTest('the container sees its own cgroup as the root of all', async () => {
  expect((await sh('grep ^0:: /proc/self/cgroup')).trim()).toBe('0::/');
});

rootTest('128 layers are stacked', async () => {
  const layers = Array.from({ length: 127 }, (_, index) => {
    const layer = scratch(`a-layer-whose-name-is-as-long-as-those-of-a-store-${'x'.repeat(64)}`);
    writeFileSync(join(layer, `layer-${index}`), `${index}`);
    return layer;
  });
  expect(await sh('ls / | grep -c ^layer-; cat /layer-126', { rootfs: overlay(layers) })).toBe('127\n126');
});

rootTest('layers whose paths have commas, colons and backslashes in them are stacked', async () => {
  const layer = scratch('a,b:c\\d');
  writeFileSync(join(layer, 'odd'), 'here');
  const rootfs = { ...overlay([layer]), writable: { upperdir: scratch('up,per:'), workdir: scratch('work\\:') } };
  expect(await sh('cat /odd; touch /etc/written', { rootfs })).toBe('here');
  expect(statSync(join(rootfs.writable.upperdir, 'etc/written')).isFile()).toBe(true);
});

rootTest('a directory that stands ready is a rootfs too, and so is a single layer that nobody writes to', async () => {
  expect(await sh('cat /etc/alpine-release', { rootfs: { kind: 'directory', path: alpine() } })).toMatch(/^3\./);
  const { stdout } = await run(['sh', '-c', 'touch /x || echo read-only'], {
    rootfs: { kind: 'overlay', lowerdirs: [alpine()] },
  });
  expect(stdout).toBe('read-only\n');
});

rootTest('two layers that nobody writes to are stacked read-only', async () => {
  const layer = scratch('layer');
  writeFileSync(join(layer, 'top'), 'top');
  for (const path of ['dev', 'proc', 'sys']) expect(statSync(join(alpine(), path)).isDirectory()).toBe(true);
  expect(
    await sh('cat /top; touch /x 2>/dev/null || echo read-only', {
      rootfs: { kind: 'overlay', lowerdirs: [layer, alpine()] },
    }),
  ).toBe('topread-only');
});

rootTest('the plan that was played is told call by call, with results and times', async () => {
  const { container } = await run(['true'], { timing: true });
  expect(container.calls[0]?.call.call).toBe('clone3');
  expect(container.calls[0]?.result).toBe(container.pid);
  const pivot = container.calls.find(({ call }) => call.call === 'pivot_root');
  expect(pivot?.result).toBe(0);
  expect(pivot?.nanoseconds).toBeGreaterThan(0);
  expect(container.warnings).toEqual([]);
});

rootTest('prepare() is called while the child waits, and its failure ends the launch', async () => {
  let seen = '';
  await run(['true'], {
    prepare: async ({ pid }) => {
      seen = readlinkSync(`/proc/${pid}/ns/net`);
    },
  });
  expect(seen).toMatch(/^net:/);
  expect(seen).not.toBe(readlinkSync('/proc/self/ns/net'));
  await expect(run(['true'], { prepare: () => Promise.reject(new Error('no network')) })).rejects.toThrow('no network');
});

rootTest('what the caller lacks is cut from the capabilities and told', async () => {
  const all = ['CAP_SYS_RESOURCE', 'CAP_KILL'];
  const { container } = await run(['true'], {
    process: { capabilities: { bounding: all, permitted: all, effective: all } },
  });
  const has = (BigInt(`0x${/CapPrm:\s*(\w+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]}`) >> 24n) & 1n;
  const warning = 'the container does without CAP_SYS_RESOURCE, which gocker itself does not have';
  expect(container.warnings).toEqual(has === 1n ? [] : [warning]);
});

rootTest('a spec with the hostname but no UTS namespace is refused before anything is played', async () => {
  const namespaces = [{ type: 'mount' as const }, { type: 'pid' as const }];
  await expect(run(['true'], { spec: specOf(['true'], { linux: { namespaces } }) })).rejects.toThrow(/hostname/);
});

rootTest('the OOM score is the spec’s', async () => {
  expect(await sh('cat /proc/1/oom_score_adj', { process: { oomScoreAdj: 300 } })).toBe('300');
});

rootTest('a namespace that is named is joined', async () => {
  const first = await launch({ spec: specOf(['sleep', '1000']), rootfs: overlay(), stdin: 'null' });
  const namespaces = [
    ...specOf([]).linux.namespaces.filter(({ type }) => type !== 'network'),
    { type: 'network' as const, path: `/proc/${first.pid}/ns/net` },
  ];
  const inside = await sh('readlink /proc/self/ns/net', { linux: { namespaces, sysctl: {} } });
  expect(inside).toBe(readlinkSync(`/proc/${first.pid}/ns/net`));
  first.kill('KILL');
  await first.exited();
});
