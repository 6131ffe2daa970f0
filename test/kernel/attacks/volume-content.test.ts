/** Volumes that begin with what an image has, and parts of volumes: links in either lead to nothing of the host's. */
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { TarEntry } from '../../support/images/index.ts';
import { attacked, attackTest, canary, image, refusal, run, sh } from './box.ts';

/** Everything below a directory, with the content of its files; links are not followed. */
function treeOf(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return treeOf(path);
    return entry.isFile() ? [`${path}=${readFileSync(path, 'utf8')}`] : [path];
  });
}

attackTest('what an image links to the host is not copied from there into its volume', async () => {
  const { engine, host } = await attacked();
  const { directory, sings } = await canary();
  const layers: TarEntry[][] = [
    [{ name: 'data', type: 'symlink', linkname: directory }],
    [{ name: 'data', type: 'symlink', linkname: `../../../../../..${directory}` }],
    [
      { name: 'data', type: 'directory' },
      { name: 'data/link', type: 'symlink', linkname: directory },
      { name: 'data/file', type: 'symlink', linkname: join(directory, 'canary') },
    ],
    [{ name: 'data', type: 'symlink', linkname: '/proc/self/root' }],
  ];
  for (const entries of layers) {
    const options = { image: await image(entries, { Volumes: { '/data': {} } }) };
    await run(['sh', '-c', 'ls -R /data; echo x > /data/new; echo x > /data/link/new'], {
      ...options,
      mounts: ['type=volume,source=copied,target=/data'],
    }).catch(() => {});
    expect(treeOf(join(host.root, 'volumes')).filter((line) => line.includes('alive'))).toEqual([]);
    for (const { Name } of await engine.volumes()) await engine.removeVolume(Name);
    sings();
  }
});

attackTest('a part of a volume that is a link to the host is not mounted', async () => {
  const { engine, host } = await attacked();
  const { directory, sings } = await canary();
  await sh('true', { mounts: ['type=volume,source=parts,target=/v'] });
  const data = join(host.root, 'volumes/parts/_data');
  symlinkSync(directory, join(data, 'absolute'));
  symlinkSync(`../../../../../../../..${directory}`, join(data, 'relative'));
  symlinkSync('/proc/self/root', join(data, 'magic'));
  for (const subpath of ['absolute', 'relative', 'magic', 'magic/etc', '..', '../../..', '/etc']) {
    const mounts = [`type=volume,source=parts,target=/x,volume-subpath=${subpath}`];
    expect([subpath, await refusal({ mounts })]).toEqual([
      subpath,
      expect.stringMatching(/^(ELOOP|EXDEV|ENOENT|ENOTDIR|VOLUME_INVALID|MOUNT_INVALID)$/),
    ]);
  }
  await engine.removeVolume('parts');
  sings();
});

attackTest('a volume’s name is a name, and no path to another folder', async () => {
  const { host } = await attacked();
  for (const name of ['../../containers', '..', '.', 'a/b', '%2e%2e', 'a\nb', 'x'.repeat(300)]) {
    expect([name, await refusal({ mounts: [`type=volume,source=${name},target=/x`] })]).toEqual([
      name,
      expect.stringMatching(/^(VOLUME_NAME_INVALID|VOLUME_INVALID|MOUNT_INVALID|ENAMETOOLONG)$/),
    ]);
  }
  expect(readdirSync(join(host.root, 'volumes'))).toEqual([]);
});
