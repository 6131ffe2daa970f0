/**
 * Parts of volumes and of images as sources of mounts: what the part's path leads through belongs to the attacker, who may
 * change it while the mount is made (CVE-2023-25809's and CVE-2021-30465's class, on the source's side).
 */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type AttackCall, attackProgram } from '../../support/attack/index.ts';
import { attacked, attackTest, canary, image, refusal, scratch, sh, start } from './box.ts';

const exchange = 2;

async function volume(name: string): Promise<string> {
  const { engine } = await attacked();
  await engine.createVolume({ name });
  return (await engine.inspectVolume(name)).Mountpoint;
}

const part = (name: string, subpath: string) => `type=volume,source=${name},target=/part,volume-subpath=${subpath}`;

attackTest('a link in a volume leads a part of it nowhere outside', async () => {
  const { directory, sings } = await canary();
  const data = await volume('links');
  mkdirSync(join(data, 'real'));
  const links = {
    absolute: directory,
    relative: `../../../../../../../../..${directory}`,
    root: '/',
    magic: '/proc/self/root',
    cwd: '/proc/self/cwd',
    chain: 'relative',
  };
  for (const [name, target] of Object.entries(links)) {
    symlinkSync(target, join(data, name));
    for (const subpath of [name, `${name}/.`, `real/../${name}`]) {
      expect([subpath, await refusal({ mounts: [part('links', subpath)] })]).toEqual([
        subpath,
        expect.stringMatching(/^(EXDEV|ELOOP|VOLUME_INVALID)$/),
      ]);
    }
  }
  symlinkSync('real', join(data, 'inner'));
  await sh('touch /part/arrived', { mounts: [part('links', 'inner')] });
  expect(readdirSync(join(data, 'real'))).toEqual(['arrived']);
  sings();
});

attackTest(
  'a part of a volume that a container exchanges for a link while it is mounted stays in the volume',
  async () => {
    const { directory, sings } = await canary();
    const data = await volume('exchanged');
    mkdirSync(join(data, 'a', 'deep'), { recursive: true });
    writeFileSync(join(data, 'a', 'deep', 'mine'), '');
    mkdirSync(join(data, 'b'));
    symlinkSync(directory, join(data, 'b', 'deep'));
    const swap: AttackCall = { call: 'renameat2', args: [-100, '/shared/a', -100, '/shared/b', exchange] };
    const program = await scratch('program');
    writeFileSync(join(program, 'attack'), attackProgram(Array(2001).fill(swap)), { mode: 0o755 });
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8');

    const loop = 'echo ready; while :; do /attack/attack > /dev/null; done';
    await using attacker = await start(['sh', '-c', loop], { volumes: ['exchanged:/shared', `${program}:/attack:ro`] });
    await new Promise<void>((resolve) => attacker.stdout.once('data', () => resolve()));
    const found = new Set<string>();
    for (let attempt = 0; attempt < 25; attempt++) {
      const victim = { mounts: [part('exchanged', 'a/deep')] };
      found.add(await sh('ls /part; touch /part/mine', victim).catch((error) => error.code));
      sings();
    }
    expect(
      [...found].filter((what) => !['mine', 'EXDEV', 'EAGAIN', 'ENOENT', 'VOLUME_INVALID'].includes(what)),
    ).toEqual([]);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).toBe(mounts);
  },
);

attackTest('links of an image lead a part of it, and what volumes begin with, nowhere but into the image', async () => {
  const { directory, sings } = await canary();
  const hostile = await image(
    [
      { name: 'out', type: 'symlink', linkname: directory },
      { name: 'up', type: 'symlink', linkname: `../../../../../..${directory}` },
      { name: 'magic', type: 'symlink', linkname: '/proc/1/root/etc' },
      { name: 'etc-by-root', type: 'symlink', linkname: '/etc/apk' },
    ],
    { Volumes: { '/out': {}, '/up/deep': {}, '/../../etc/../magic': {} } },
  );
  for (const subpath of ['out', 'up', 'magic', 'out/.']) {
    await expect(
      sh('true', { mounts: [`type=image,source=${hostile},target=/part,image-subpath=${subpath}`] }),
    ).rejects.toThrow();
  }
  const etc = { mounts: [`type=image,source=${hostile},target=/part,image-subpath=etc-by-root`] };
  expect(await sh('ls /part/arch; touch /part/x 2>/dev/null || echo read-only', etc)).toBe('/part/arch\nread-only');
  await refusal({ image: hostile });
  sings();
});
