/**
 * Images in which a directory that the engine writes to or mounts on is a symbolic link to the host: CVE-2026-41579 (runc),
 * CVE-2026-47766 (crun), CVE-2019-19921.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { attackTest, canary, image, imageWithLink, inside, refusal, run, scratch, sh } from './box.ts';

/** What a start makes in such a directory, and an engine was seen to delete there. */
const names = ['ptmx', 'null', 'fd', 'hosts', 'mtab'];

async function canaryWithNames() {
  const { directory, file } = await canary();
  for (const name of names) writeFileSync(join(directory, name), 'alive');
  return { directory, file };
}

/** Everything in it, by name and content. */
function contentsOf(directory: string): string {
  return readdirSync(directory)
    .sort()
    .map((name) => `${name}=${readFileSync(join(directory, name), 'utf8')}`)
    .join();
}

for (const name of ['dev', 'proc', 'sys']) {
  attackTest(`an image whose /${name} is a link is refused, and where it leads nothing changes`, async () => {
    const { directory } = await canaryWithNames();
    const before = contentsOf(directory);
    for (const target of [directory, `../../../../../..${directory}`, '/proc/self/root', `/${name}`]) {
      expect([target, await refusal({ image: await imageWithLink(name, target) })]).toEqual([
        target,
        expect.stringMatching(/^(ELOOP|ENOTDIR)$/),
      ]);
    }
    expect(contentsOf(directory)).toBe(before);
  });
}

for (const name of ['etc', 'run', 'tmp']) {
  attackTest(`an image whose /${name} is a link harms nothing of the host where it leads`, async () => {
    const { directory } = await canaryWithNames();
    const before = contentsOf(directory);
    const volume = await scratch('volume');
    for (const target of [directory, `../../../../../..${directory}`]) {
      const link = await imageWithLink(name, target);
      const script = `${inside}; echo overwritten > /${name}/null; rm -rf /${name}/ptmx /${name}/fd`;
      await run(['sh', '-c', script], { image: link }).catch(() => {});
      const volumes = [`${volume}:/${name}/volume`];
      await run(['sh', '-c', script], { image: link, volumes, tmpfs: [`/${name}/x`] }).catch(() => {});
    }
    expect(contentsOf(directory)).toBe(before);
  });
}

attackTest('an image whose /etc/hosts, /etc/hostname or /etc/resolv.conf is a link overwrites nothing', async () => {
  const { file, sings } = await canary();
  for (const name of ['hosts', 'hostname', 'resolv.conf']) {
    const link = await imageWithLink(`etc/${name}`, file);
    await run(['sh', '-c', `${inside}; echo overwritten > /etc/${name}`], { image: link }).catch(() => {});
  }
  sings();
});

attackTest('links below /dev and /sys are covered by the real directories', async () => {
  const { directory, sings } = await canary();
  const hostile = await image(
    ['dev/pts', 'dev/shm', 'dev/mqueue', 'dev/fd', 'sys/fs'].map((name) => ({
      name,
      type: 'symlink' as const,
      linkname: directory,
    })),
  );
  const script = 'ls -d /dev/pts/ptmx /sys/fs/cgroup; touch /dev/shm/x /dev/x; readlink /dev/fd';
  expect(await sh(script, { image: hostile })).toBe('/dev/pts/ptmx\n/sys/fs/cgroup\n/proc/self/fd');
  sings();
});
