/** Sources of mounts of which a part is wanted, and layers that are stacked below `/`: what the engine's volumes and images stand on. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { rootTest, run, scratch, sh } from './alpine.ts';

function tree(name: string, files: Readonly<Record<string, string>>): string {
  const root = scratch(name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const overlayOf = (lowerdirs: readonly string[], ...options: string[]) => {
  const lowerdir = lowerdirs.map((path) => path.replace(/[:\\]/g, '\\$&')).join(':');
  return { destination: '/i', type: 'overlay', source: 'overlay', options: ['ro', `lowerdir=${lowerdir}`, ...options] };
};

rootTest('a part of a bind is a directory or a file, and keeps what is mounted below it', async () => {
  const source = tree('volume', { 'a/b/file': 'deep' });
  const part = (destination: string, subdirectory: string) => ({
    destination,
    type: 'bind',
    source,
    options: ['rbind', 'ro', 'rro', 'rprivate', `X-mount.subdir=${subdirectory}`],
  });
  const mounts = [part('/p', 'a/b'), part('/etc/one', 'a/b/file')];
  expect(await sh('cat /p/file /etc/one; touch /p/x 2>/dev/null || echo read-only', { mounts })).toBe(
    'deepdeepread-only',
  );
  await expect(run(['true'], { mounts: [part('/p', 'nope')] })).rejects.toMatchObject({ code: 'ENOENT' });
  const tmpfs = { destination: '/p', type: 'tmpfs', source: 'tmpfs', options: ['X-mount.subdir=a'] };
  await expect(run(['true'], { mounts: [tmpfs] })).rejects.toMatchObject({ code: 'MOUNT_INVALID' });
});

rootTest('one layer, two, or many with names as odd as can be, are stacked below / to be read', async () => {
  const layers = Array.from({ length: 40 }, (_, at) => tree(`odd: ,\\ ${at}`, { [`d/${at}`]: `${at}`, last: `${at}` }));
  for (const count of [1, 2, 40]) {
    const mounts = [overlayOf(layers.slice(0, count))];
    const script = 'ls /i/d | wc -l; cat /i/last; touch /i/x 2>/dev/null || echo read-only';
    expect(await sh(script, { mounts })).toBe(`${count}\n0read-only`);
  }
});

rootTest('a part of stacked layers is found by their links, which stay within them', async () => {
  const [upper, lower] = [tree('upper', { 'd/up': 'up' }), tree('lower', { 'd/low': 'low', 'etc/own': '' })];
  symlinkSync('/d', join(lower, 'link'));
  symlinkSync('/etc', join(lower, 'etc-link'));
  for (const layers of [[upper, lower], [lower]]) {
    const names = layers.length === 2 ? 'low\nup' : 'low';
    expect(await sh('ls /i', { mounts: [overlayOf(layers, 'X-mount.subdir=link')] })).toBe(names);
    expect(await sh('ls /i', { mounts: [overlayOf(layers, 'X-mount.subdir=etc-link')] })).toBe('own');
    expect(await sh('ls /i', { mounts: [overlayOf(layers, 'X-mount.subdir=../../etc')] })).toBe('own');
  }
});
