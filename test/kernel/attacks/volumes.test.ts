/** Volumes whose target an image has made a link: they arrive within the container, or not at all. */
import { readdirSync } from 'node:fs';
import { expect } from 'vitest';
import { attackTest, canary, image, imageWithLink, refusal, scratch, sh } from './box.ts';

attackTest('a target that is a link to a place of the host is not that place', async () => {
  const { directory, sings } = await canary();
  const source = await scratch('volume');
  for (const link of [directory, `../../../../../..${directory}`]) {
    const hostile = await imageWithLink('data', link);
    for (const target of ['/data', '/data/below']) {
      expect(await refusal({ image: hostile, volumes: [`${source}:${target}`] })).toBe('ENOENT');
      expect(await refusal({ image: hostile, tmpfs: [target] })).toBe('ENOENT');
    }
  }
  expect(readdirSync(source)).toEqual([]);
  sings();
});

attackTest('a target that is a link within the image is followed there', async () => {
  const source = await scratch('volume');
  const hostile = await image([
    { name: 'inside', type: 'directory' },
    { name: 'data', type: 'symlink', linkname: '/inside' },
  ]);
  const options = { image: hostile, volumes: [`${source}:/data/below`] };
  expect(await sh('touch /inside/below/written; ls /data/below', options)).toBe('written');
  expect(readdirSync(source)).toEqual(['written']);
});

attackTest('a target below a file, a loop of links or a link of a link is refused or stays inside', async () => {
  const { directory, sings } = await canary();
  const source = await scratch('volume');
  const hostile = await image([
    { name: 'one', type: 'symlink', linkname: 'two' },
    { name: 'two', type: 'symlink', linkname: 'one' },
    { name: 'file', content: '' },
    { name: 'far', type: 'symlink', linkname: 'near/../..' },
    { name: 'near', type: 'symlink', linkname: `../../..${directory}` },
  ]);
  for (const target of ['/one/x', '/file/x', '/near/x', `/far${directory}/x`]) {
    await refusal({ image: hostile, volumes: [`${source}:${target}`] });
  }
  expect(readdirSync(source)).toEqual([]);
  sings();
});

attackTest('a volume that can only be read is not written through any other path', async () => {
  const { directory, sings } = await canary();
  const script = `for path in /v /proc/self/root/v /proc/1/root/v; do echo overwritten > $path/canary; touch $path/new; done
    mount -o remount,rw /v; mount --bind /v /mnt && echo x > /mnt/new; ln /v/canary /tmp/link; mv /v/canary /v/gone; true`;
  await sh(script, { volumes: [`${directory}:/v:ro`] });
  sings();
});

attackTest(
  'a link in a volume leads to the container’s files, and what it wants of the host is not there',
  async () => {
    const { file, sings } = await canary();
    const volume = await scratch('volume');
    const script = `ln -s ${file} /v/link; cat /v/link; echo overwritten > /v/link; ln -s /proc/1/root/etc /v/etc; ls -d /v/etc/.`;
    expect(await sh(script, { volumes: [`${volume}:/v`] })).not.toContain('alive');
    sings();
  },
);
