/** Images and options that want out. Each test ends by looking at the host. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { overlay, rootTest, run, scratch, sh } from './alpine.ts';

/** A directory of the host, with a file in it that no container may touch. */
function canary(): { directory: string; isUntouched: () => boolean } {
  const directory = scratch('canary');
  writeFileSync(join(directory, 'canary'), 'alive');
  return {
    directory,
    isUntouched: () =>
      readdirSync(directory).join() === 'canary' && readFileSync(join(directory, 'canary'), 'utf8') === 'alive',
  };
}

/** A layer that removes a directory of the image and puts a link to somewhere else in its place. */
function layerWithLink(name: string, target: string): string {
  const layer = scratch('layer');
  symlinkSync(target, join(layer, name));
  return layer;
}

for (const name of ['proc', 'sys', 'dev']) {
  rootTest(`an image whose /${name} is a link is refused, and the host is untouched (CVE-2019-19921)`, async () => {
    const { directory, isUntouched } = canary();
    for (const target of [directory, '/etc', '../../../../etc', `/${name}`]) {
      const error = await run(['true'], { rootfs: overlay([layerWithLink(name, target)]) }).catch((thrown) => thrown);
      expect(error).toMatchObject({ code: expect.stringMatching(/^(ELOOP|ENOTDIR)$/) });
    }
    expect(isUntouched()).toBe(true);
  });
}

rootTest('an image whose /sys/fs or /dev/pts is a link has it covered by the real one', async () => {
  const layer = scratch('layer');
  const { directory, isUntouched } = canary();
  mkdirSync(join(layer, 'dev'));
  symlinkSync(directory, join(layer, 'dev/pts'));
  mkdirSync(join(layer, 'sys'));
  symlinkSync(directory, join(layer, 'sys/fs'));
  expect(await sh('ls -d /dev/pts/ptmx /sys/fs/cgroup', { rootfs: overlay([layer]) })).toBe(
    '/dev/pts/ptmx\n/sys/fs/cgroup',
  );
  expect(isUntouched()).toBe(true);
});

rootTest('a volume’s target that the image made a link stays within the container', async () => {
  const { directory, isUntouched } = canary();
  const source = scratch('volume');
  for (const target of [directory, `../../../..${directory}`]) {
    const rootfs = overlay([layerWithLink('data', target)]);
    const mounts = [{ destination: '/data', type: 'bind', source, options: ['rbind'] }];
    // Inside, the link leads to a place of that name which isn't there.
    await expect(run(['true'], { rootfs, mounts })).rejects.toMatchObject({ code: 'ENOENT' });
  }
  const rootfs = overlay([layerWithLink('data', '/srv')]);
  const mounts = [{ destination: '/data/below', type: 'bind', source, options: ['rbind'] }];
  await sh('touch /srv/below/written', { rootfs, mounts });
  expect(readdirSync(source)).toEqual(['written']);
  expect(isUntouched()).toBe(true);
});

rootTest('a volume’s target below a link of /proc leads nowhere, while /proc is not there yet', async () => {
  const { isUntouched } = canary();
  for (const target of ['/proc/self/fd/3', '/proc/self/root', '/proc/1/cwd', '/proc/self/exe']) {
    const mounts = [{ destination: '/data/x', type: 'tmpfs', source: 'tmpfs', options: ['size=1m'] }];
    const error = await run(['true'], { rootfs: overlay([layerWithLink('data', target)]), mounts }).catch((e) => e);
    expect(error).toMatchObject({ code: expect.stringMatching(/^(ENOENT|EEXIST|ELOOP|ENOTDIR)$/) });
  }
  expect(isUntouched()).toBe(true);
});

rootTest('nothing may be mounted over what the kernel says of processes (CVE-2019-16884)', async () => {
  for (const destination of ['/proc', '/proc/self/attr', '/proc/1', '/proc/../proc/sys']) {
    const mounts = [{ destination, type: 'bind', source: scratch('volume'), options: ['bind'] }];
    await expect(run(['true'], { mounts })).rejects.toMatchObject({ code: 'MOUNT_INVALID' });
  }
});

rootTest('a working directory in /proc/self/fd does not lead to the host (CVE-2024-21626)', async () => {
  for (let fd = 3; fd < 40; fd++) {
    const { stdout } = await run(['sh', '-c', 'pwd -P; ls -A | head -c 100'], {
      process: { cwd: `/proc/self/fd/${fd}` },
    }).catch((error) => ({ stdout: `refused: ${error.code}` }));
    expect(stdout).toMatch(/^refused: (ELOOP|ENOENT|EACCES|ENOTDIR)$/);
  }
  const rootfs = overlay([layerWithLink('app', '/proc/self/cwd')]);
  await expect(run(['true'], { rootfs, process: { cwd: '/app' } })).rejects.toMatchObject({ code: 'ELOOP' });
});

rootTest('an image’s /dev/null that is no null device is never what masks (CVE-2025-31133)', async () => {
  const layer = scratch('layer');
  mkdirSync(join(layer, 'dev'));
  symlinkSync('/proc/sys/kernel/core_pattern', join(layer, 'dev/null'));
  const text = await sh('stat -c "%F %t:%T" /proc/keys; cat /proc/keys | wc -c', { rootfs: overlay([layer]) });
  expect(text).toBe('character special file 1:3\n0');
});

rootTest('an image’s /dev/console or pts that is a link does not redirect the terminal (CVE-2025-52565)', async () => {
  const layer = scratch('layer');
  mkdirSync(join(layer, 'dev'));
  symlinkSync('/etc/passwd', join(layer, 'dev/console'));
  const text = await sh('stat -c %F /dev/console', { rootfs: overlay([layer]), process: { terminal: true } });
  expect(text).toBe('character special file');
});

rootTest('the host’s processes, their memory and their files can’t be reached', async () => {
  expect(await sh('ls /proc | grep -c "^[0-9]"')).toMatch(/^[1-4]$/);
  // What remains of the clone: no descriptor, no mapping of node, no environment of ours.
  expect(await sh('grep -c node /proc/self/maps || true')).toBe('0');
  expect(await sh('tr "\\0" "\\n" < /proc/1/environ | cut -d= -f1')).toBe('PATH');
});

rootTest(
  'while it is made, a container’s process can’t be looked into by those it shares a pid namespace with',
  async () => {
    let environ = '';
    await run(['true'], {
      prepare: async ({ pid }) => {
        const read = () =>
          execFileSync('setpriv', ['--reuid=65534', '--clear-groups', 'cat', `/proc/${pid}/environ`], {
            stdio: ['ignore', 'pipe', 'ignore'],
          });
        try {
          environ = String(read());
        } catch {
          environ = 'refused';
        }
      },
    });
    expect(environ).toBe('refused');
  },
);

rootTest('capabilities that are not given can’t be used: no mount, no module, no host name, no raw disk', async () => {
  for (const command of [
    ['mount', '-t', 'tmpfs', 'x', '/mnt'],
    ['umount', '/proc/keys'],
    ['hostname', 'evil'],
    ['unshare', '-n', 'true'],
    ['mount', '-o', 'remount,rw', '/sys'],
  ]) {
    const { exit } = await run(command);
    expect([command.join(' '), exit.exitCode]).toEqual([command.join(' '), expect.not.stringMatching('^0$')]);
    expect(exit.exitCode).not.toBe(0);
  }
  expect(readFileSync('/proc/sys/kernel/hostname', 'utf8')).not.toContain('evil');
});

rootTest('mounts made for a container are never seen by the host, even below a shared tree', async () => {
  const before = readFileSync('/proc/self/mountinfo', 'utf8');
  await run(['sh', '-c', 'true']);
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).toBe(before);
  expect(existsSync('/proc/self/ns/mnt') && readlinkSync('/proc/self/ns/mnt')).toMatch(/^mnt:/);
});

rootTest('a sysctl of the host is refused', async () => {
  for (const key of [
    'kernel.core_pattern',
    'vm.swappiness',
    'net.../../kernel/core_pattern',
    'kernel/hostname',
    'net',
  ]) {
    await expect(run(['true'], { linux: { sysctl: { [key]: '1' } } })).rejects.toMatchObject({
      code: 'SYSCTL_INVALID',
    });
  }
  await expect(
    run(['true'], { network: 'host', linux: { sysctl: { 'net.ipv4.ip_forward': '0' } } }),
  ).rejects.toMatchObject({ code: 'SYSCTL_INVALID' });
});

rootTest('a node of the host’s disk or memory can be made and not be opened', async () => {
  const { dev } = statSync('/');
  const [major, minor] = [(dev >> 8) & 0xfff, dev & 0xff];
  const text = await sh(`mknod /disk b ${major} ${minor}; mknod /mem c 1 1; mknod /zero c 1 5
    for node in /disk /mem /zero; do head -c 1 $node >/dev/null 2>&1 && echo $node; done; true`);
  expect(text).toBe('/zero');
});
