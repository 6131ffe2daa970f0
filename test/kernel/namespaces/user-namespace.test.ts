/** Containers whose root is an unprivileged user of the host: docs/design/0005-user-namespaces.md. */
import { existsSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { LinuxSpec, Mount } from '../../../src/oci/index.ts';
import { defaultNamespaces, defaultSysctls, launch } from '../../../src/runtime/index.ts';
import { alpine, leftovers, overlay, rootTest, run, type SpecChanges, scratch, sh, specOf } from '../runtime/alpine.ts';

const first = 300_000;
const size = 65_536;
const mappings = [{ containerID: 0, hostID: first, size }];

function remapped(changes: SpecChanges & { readonly shared?: readonly string[] } = {}): SpecChanges {
  const own = defaultNamespaces('private').filter(({ type }) => !changes.shared?.includes(type));
  const linux: Partial<LinuxSpec> = {
    namespaces: [...own, { type: 'user' }],
    uidMappings: mappings,
    gidMappings: mappings,
    sysctl: changes.shared?.includes('network') ? {} : defaultSysctls('private', size - 1),
    ...changes.linux,
  };
  return { ...changes, linux };
}

rootTest('every namespace is the container’s own, and the ids in it are those of the map', async () => {
  const types = ['user', 'pid', 'mnt', 'uts', 'ipc', 'net', 'cgroup'];
  const script = `id -u; cat /proc/self/uid_map /proc/self/gid_map; for n in ${types.join(' ')}; do readlink /proc/self/ns/$n; done`;
  const [uid, uidMap = '', gidMap = '', ...links] = (await sh(script, remapped())).split('\n');
  expect(uid).toBe('0');
  for (const map of [uidMap, gidMap]) expect(map.trim().split(/\s+/)).toEqual(['0', `${first}`, `${size}`]);
  for (const [index, type] of types.entries()) expect(links[index]).not.toBe(readlinkSync(`/proc/self/ns/${type}`));
});

rootTest('its /proc and /sys show its own processes and interfaces, and nobody else’s', async () => {
  const script = 'cat /proc/1/cmdline | tr "\\0" " "; echo; ls -d /proc/[0-9]* | wc -l; ls /sys/class/net';
  const [init, processes, ...interfaces] = (await sh(script, remapped())).split('\n');
  expect(init).toMatch(/^sh -ec /);
  expect(Number(processes)).toBeLessThan(5);
  expect(interfaces).toEqual(['lo']);
});

rootTest('its processes are ordinary users of the host, without a group of the host’s', async () => {
  const container = await launch({ spec: specOf(['sleep', '1000'], remapped()), rootfs: overlay(), stdin: 'null' });
  try {
    const status = readFileSync(`/proc/${container.pid}/status`, 'latin1');
    const ids = `${first}\t${first}\t${first}\t${first}`;
    expect(status).toContain(`Uid:\t${ids}\n`);
    expect(status).toContain(`Gid:\t${ids}\n`);
    expect(/^Groups:[\t ]*$/m.test(status)).toBe(true);
    expect(readFileSync(`/proc/${container.pid}/setgroups`, 'latin1')).toBe('allow\n');
  } finally {
    container.kill('KILL');
    await container.exited();
  }
});

rootTest(
  'files keep their owners on disk: those of layers are untouched, and new ones are the ids of the container',
  async () => {
    const rootfs = overlay();
    const script =
      'stat -c "%u:%g" /bin/busybox /etc/motd; echo new > /etc/motd; touch /of-root /of-a-user; chown 1000:1001 /of-a-user; stat -c "%u:%g" /of-a-user';
    expect(await sh(script, { ...remapped(), rootfs })).toBe('0:0\n0:0\n1000:1001');
    const upper = rootfs.writable?.upperdir ?? '';
    const ownerOf = (path: string) => `${statSync(path).uid}:${statSync(path).gid}`;
    expect(ownerOf(join(alpine(), 'etc/motd'))).toBe('0:0');
    expect(readFileSync(join(alpine(), 'etc/motd'), 'utf8')).not.toBe('new\n');
    expect(['etc/motd', 'of-root', 'of-a-user'].map((name) => ownerOf(join(upper, name)))).toEqual([
      '0:0',
      '0:0',
      '1000:1001',
    ]);
  },
);

rootTest('what is the host root’s can be read and not written, unless its mount is idmapped', async () => {
  const host = scratch('host');
  writeFileSync(join(host, 'file'), 'of the host');
  const bind = (destination: string, ...options: string[]): Mount => ({
    destination,
    type: 'bind',
    source: host,
    options: ['rbind', 'rprivate', ...options],
  });
  const text = await sh(
    'stat -c %u /as-it-is /mapped; cat /as-it-is/file; echo; (echo x > /as-it-is/file) 2>&1 | grep -o denied; touch /as-it-is/new 2>&1 | grep -o denied; chown 0 /as-it-is/file 2>&1 | grep -o permitted; echo y > /mapped/new',
    remapped({ mounts: [bind('/as-it-is'), bind('/mapped', 'idmap')] }),
  );
  expect(text.split('\n')).toEqual(['65534', '0', 'of the host', 'denied', 'denied', 'permitted']);
  expect(readFileSync(join(host, 'file'), 'utf8')).toBe('of the host');
  expect(statSync(join(host, 'new')).uid).toBe(0);
});

rootTest(
  'its powers end at its namespaces: no device, no host sysctl, no host file; but its own network and mounts',
  async () => {
    const all = [
      'CAP_SYS_ADMIN',
      'CAP_MKNOD',
      'CAP_NET_ADMIN',
      'CAP_SYS_TIME',
      'CAP_SYS_MODULE',
      'CAP_DAC_OVERRIDE',
      'CAP_DAC_READ_SEARCH',
      'CAP_CHOWN',
      'CAP_SYS_RAWIO',
      'CAP_SYS_BOOT',
    ];
    const process = { capabilities: { bounding: all, permitted: all, effective: all } };
    const { stdout } = await run(
      [
        'sh',
        '-c',
        `for t in 'mknod /tmp/disk b 8 0' 'echo 1 > /proc/sys/kernel/panic' 'mount -t ext4 /dev/zero /mnt' 'echo 1 > /sys/kernel/mm/ksm/run' 'mount -t tmpfs t /mnt' 'ip link set lo down' 'hostname other'; do
        if sh -c "$t" >/dev/null 2>&1; then echo "can: $t"; else echo "can't: $t"; fi
      done`,
      ],
      remapped({ process, linux: { readonlyPaths: [], maskedPaths: [] } }),
    );
    expect(stdout.trim().split('\n')).toEqual([
      "can't: mknod /tmp/disk b 8 0",
      "can't: echo 1 > /proc/sys/kernel/panic",
      "can't: mount -t ext4 /dev/zero /mnt",
      "can't: echo 1 > /sys/kernel/mm/ksm/run",
      'can: mount -t tmpfs t /mnt',
      'can: ip link set lo down',
      'can: hostname other',
    ]);
  },
);

rootTest('/dev, stdio and the masked paths are as without a user namespace', async () => {
  const script =
    'echo x > /dev/null; head -c1 /dev/zero | wc -c; stat -c %u:%g:%a /dev/null /dev/shm /dev/mqueue; echo again > /dev/stdout; cat /proc/keys | wc -c; ls -A /sys/firmware | wc -l; echo 1 > /proc/sys/kernel/panic 2>/dev/null || echo protected; cat /proc/sys/net/ipv4/ip_unprivileged_port_start; grep -c " /sys/fs/cgroup cgroup2 ro" /proc/mounts';
  expect((await sh(script, remapped())).split('\n')).toEqual([
    '1',
    '0:0:666',
    '0:0:1777',
    '0:0:1777',
    'again',
    '0',
    '0',
    'protected',
    '0',
    '1',
  ]);
});

rootTest('an ordinary user of it has its ids, and can open its standard output again', async () => {
  const changes = remapped({ process: { user: { uid: 1000, gid: 1001, additionalGids: [29] } } });
  expect(await sh('id -u; id -G; echo again > /dev/stdout; cat /proc/self/oom_score_adj', changes)).toBe(
    '1000\n1001 29\nagain\n0',
  );
});

rootTest('an OOM score is set, though nobody may look into the process that sets it', async () => {
  expect(await sh('cat /proc/self/oom_score_adj', remapped({ process: { oomScoreAdj: 500 } }))).toBe('500');
});

rootTest('a terminal belongs to the container’s user', async () => {
  const { stdout } = await run(['sh', '-c', 'stat -c "%u %g" $(tty); tty'], remapped({ process: { terminal: true } }));
  expect(stdout).toBe('0 5\r\n/dev/pts/0\r\n');
});

rootTest.each(['network', 'pid', 'ipc', 'uts', 'cgroup'] as const)(
  'the %s namespace may be the host’s, with its filesystem to be read',
  async (type) => {
    const { hostname: _, ...spec } = specOf(
      [
        'sh',
        '-ec',
        'id -u; ls /proc/1 /sys/class/net /dev/mqueue /sys/fs/cgroup > /dev/null; readlink /proc/self/ns/*',
      ],
      remapped({ shared: [type] }),
    );
    const file = { network: 'net', pid: 'pid', ipc: 'ipc', uts: 'uts', cgroup: 'cgroup' }[type];
    const script = `id -u; ls /proc/1 /sys/class/net /dev/mqueue /sys/fs/cgroup > /dev/null; readlink /proc/self/ns/${file}`;
    const { stdout, stderr } = await run([], {
      spec: { ...spec, process: { ...spec.process, args: ['sh', '-ec', script] } },
    });
    expect(stdout, stderr).toBe(`0\n${readlinkSync(`/proc/self/ns/${file}`)}\n`);
  },
);

rootTest('a rootfs may be a directory, or one layer that nobody writes to', async () => {
  const layer = alpine();
  expect(await sh('stat -c %u /etc/motd', { ...remapped(), rootfs: { kind: 'directory', path: layer } })).toBe('0');
  const { stdout } = await run(['sh', '-c', 'stat -c %u /etc/motd; touch /x 2>&1 | grep -o Read-only'], {
    ...remapped(),
    rootfs: { kind: 'overlay', lowerdirs: [layer] },
  });
  expect(stdout).toBe('0\nRead-only\n');
  expect(existsSync(join(layer, 'x'))).toBe(false);
});

rootTest('an id that the namespace has not is an error that says which it has', async () => {
  const changes = remapped({ process: { user: { uid: size, gid: 0 } } });
  await expect(run(['true'], changes)).rejects.toThrow(`has no id ${size} (expected 0 to ${size - 1})`);
});

rootTest('a filesystem that takes no idmapped mounts is told by name, with the cure', async () => {
  const { stdout, exit } = await run(['sh', '-c', 'true'], remapped());
  expect([stdout, exit.exitCode]).toEqual(['', 0]);
  const mounts: Mount[] = [{ destination: '/x', type: 'bind', source: '/proc', options: ['bind', 'idmap'] }];
  await expect(run(['true'], remapped({ mounts }))).rejects.toMatchObject({
    code: 'IDMAP_UNSUPPORTED',
    message: expect.stringContaining('"/proc" under other ids: mount_setattr(MOUNT_ATTR_IDMAP) = EINVAL'),
  });
});

rootTest('nothing is left of containers that ran, failed to start, or were killed', async () => {
  await run(['true'], remapped());
  const settled = async () => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    return leftovers();
  };
  const before = await settled();
  await run(['sh', '-c', 'sleep 1000 & exit 3'], remapped());
  await run(['nope'], remapped()).catch(() => {});
  await run(['true'], remapped({ mounts: [{ destination: '/x', type: 'nosuchfs', source: 'x' }] })).catch(() => {});
  await run(['true'], { ...remapped(), prepare: () => Promise.reject(new Error('no')) }).catch(() => {});
  const killed = await launch({ spec: specOf(['sleep', '1000'], remapped()), rootfs: overlay(), stdin: 'null' });
  killed.kill('KILL');
  killed.stdout.resume();
  killed.stderr.resume();
  await killed.exited();
  expect(await settled()).toEqual(before);
  expect(before.children).toBe('');
});

rootTest('its network namespace stands ready while the child waits', async () => {
  let inside = '';
  const changes = {
    ...remapped(),
    prepare: async ({ pid }: { pid: number }) => {
      inside = readlinkSync(`/proc/${pid}/ns/net`);
      return undefined;
    },
  };
  expect(await sh('readlink /proc/self/ns/net', changes)).toBe(inside);
});
