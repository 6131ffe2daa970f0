import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { makeNode } from '../../../src/syscall/index.ts';
import { overlay, rootTest, run, scratch } from '../runtime/alpine.ts';
import { shell, specWith } from './granted.ts';

/** The number of /dev/full: everybody's, and easy to tell from another. */
const full = { major: 1, minor: 7 };

/** A node outside of the default rules: the memory of the machine, which nobody opens but to be refused. */
function nodeOf(device: { major: number; minor: number }, path = join(scratch('nodes'), 'node')): string {
  makeNode(path, 'character-device', device);
  return path;
}

rootTest('a device that is given can be opened as far as is said, with the host’s owner and permissions', async () => {
  const node = nodeOf(full);
  chmodSync(node, 0o640);
  chownSync(node, 12, 34);
  const { stdout } = await shell('stat -c "%F %a %u:%g %t:%T" /dev/a/b/mine; ls -ld /dev/a | cut -c 1-10', {
    devices: [`${node}:/dev/a/b/mine:r`],
  });
  expect(stdout).toBe('character special file 640 12:34 1:7\ndrwxr-xr-x');
});

rootTest('without being given a device can’t be opened, whatever node there is of it', async () => {
  const script = 'mknod /node c 10 237; head -c 1 /node 2>&1 | grep -o "not permitted"; true';
  const loopControl = '/dev/loop-control';
  if (!existsSync(loopControl)) return;
  const open = 'exec 3<>/dev/loop-control && echo open';
  expect((await shell(script, {})).stdout).toBe('not permitted');
  expect((await shell(open, { devices: [loopControl] })).stdout).toBe('open');
  expect((await shell(open, { devices: [`${loopControl}:r`] })).stderr).toContain('not permitted');
  expect((await shell('exec 3</dev/loop-control && echo open', { devices: [`${loopControl}:r`] })).stdout).toBe('open');
  const rule = { deviceCgroupRules: ['c 10:237 rw'] };
  expect((await shell('mknod /node c 10 237; exec 3<>/node && echo open', rule)).stdout).toBe('open');
});

rootTest('a directory stands for its devices, and what else is in it stays outside', async () => {
  const directory = scratch('directory');
  mkdirSync(join(directory, 'deep'));
  nodeOf(full, join(directory, 'one'));
  nodeOf(full, join(directory, 'deep', 'two'));
  writeFileSync(join(directory, 'file'), 'text');
  symlinkSync('one', join(directory, 'link'));
  const { stdout } = await shell('cd /dev/given; find . | sort', { devices: [`${directory}:/dev/given`] });
  expect(stdout.split('\n')).toEqual(['.', './deep', './deep/two', './one']);
});

rootTest('a device may take the place of one of /dev, and not of what the container leans on', async () => {
  const { stdout } = await shell('stat -c %t:%T /dev/random', { devices: [`${nodeOf(full)}:/dev/random`] });
  expect(stdout).toBe('1:7');
  for (const name of ['null', 'fd', 'fd/9', 'stdout', 'ptmx', 'console', 'shm/x', 'pts/5', 'mqueue/q']) {
    await expect(shell('true', { devices: [`${nodeOf(full)}:/dev/${name}`] })).rejects.toMatchObject({
      code: 'DEVICE_INVALID',
    });
  }
});

rootTest(
  'a device outside of /dev replaces the image’s file, and no link of the image leads it elsewhere',
  async () => {
    const layer = scratch('layer');
    const canary = scratch('canary');
    mkdirSync(join(layer, 'opt'));
    writeFileSync(join(layer, 'opt/node'), 'the image’s');
    symlinkSync(canary, join(layer, 'opt/out'));
    symlinkSync('/opt', join(layer, 'inner'));
    const at = async (target: string) => {
      const args = ['stat', '-c', '%t:%T', target];
      const spec = specWith(args, { devices: [`${nodeOf(full)}:${target}`] });
      return (await run(args, { spec, rootfs: overlay([layer]) })).stdout.trim();
    };
    expect(await at('/opt/node')).toBe('1:7');
    expect(await at('/new/place/node')).toBe('1:7');
    for (const target of ['/opt/out/node', '/inner/node']) await expect(at(target)).rejects.toThrow('ELOOP');
    expect(readdirSync(canary)).toEqual([]);
  },
);

rootTest('a device below a volume is not made over what the volume has there', async () => {
  const volume = scratch('volume');
  writeFileSync(join(volume, 'kept'), 'kept');
  const args = ['sh', '-c', 'cat /data/kept; stat -c %t:%T /data/new'];
  const spec = specWith(args, { devices: [`${nodeOf(full)}:/data/kept`, `${nodeOf(full)}:/data/new`] });
  const mounts = [...(spec.mounts ?? []), { destination: '/data', type: 'bind', source: volume, options: ['bind'] }];
  expect((await run(args, { spec: { ...spec, mounts } })).stdout).toBe('kept1:7\n');
  expect(lstatSync(join(volume, 'kept')).isFile()).toBe(true);
});

rootTest('a privileged container has every device of the machine, may use them, and terminals of its own', async () => {
  const { stdout } = await shell('ls /dev; exec 3</dev/kmsg && echo open; ls /dev/pts; readlink /dev/ptmx', {
    privileged: true,
  });
  const lines = stdout.split('\n');
  const ours = readdirSync('/dev', { withFileTypes: true }).filter((entry) => entry.isCharacterDevice());
  const skipped = ['console', 'ptmx'];
  for (const { name } of ours) if (!skipped.includes(name)) expect(lines).toContain(name);
  expect(lines.slice(-3)).toEqual(['open', 'ptmx', 'pts/ptmx']);
});
