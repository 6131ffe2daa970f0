/**
 * What the kernel says of processes, and takes from them, is /proc itself: nothing an image or a volume puts there stands in
 * for it. CVE-2019-16884, CVE-2019-19921, CVE-2025-52881.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { attackTest, canary, image, imageWithLink, refusal, scratch, sh } from './box.ts';

attackTest('no volume and no tmpfs is mounted over /proc or anything in it that acts', async () => {
  const source = await scratch('volume');
  for (const target of ['/proc', '/proc/self/attr', '/proc/1', '/proc/sys', '/proc/../proc/sysrq-trigger']) {
    expect([target, await refusal({ volumes: [`${source}:${target}`] })]).toEqual([target, 'MOUNT_INVALID']);
    expect([target, await refusal({ tmpfs: [target] })]).toEqual([target, 'MOUNT_INVALID']);
  }
});

attackTest('no VOLUME of an image is one there', async () => {
  for (const volume of ['/proc', '/proc/self/attr', '/../proc/1']) {
    const hostile = await image([], { Volumes: { [volume]: {} } });
    expect([volume, await refusal({ image: hostile })]).toEqual([volume, 'MOUNT_INVALID']);
  }
});

attackTest('a volume whose target the image links into /proc leads nowhere, since /proc is not there yet', async () => {
  const { directory, sings } = await canary();
  for (const link of ['/proc/self/attr', '/proc/sys', '/proc/self/root', '/proc/1/cwd', '/proc/self/fd/3']) {
    const options = { image: await imageWithLink('data', link), volumes: [`${directory}:/data/x`] };
    expect([link, await refusal(options)]).toEqual([link, expect.stringMatching(/^(ENOENT|EEXIST|ELOOP|ENOTDIR)$/)]);
  }
  sings();
});

attackTest('a volume that the image links over /proc/sys is covered by the real one', async () => {
  const volume = await scratch('volume');
  writeFileSync(join(volume, 'false'), '');
  for (const target of ['/proc2', '/proc2/sys/net', '/proc2/self']) {
    const options = { image: await imageWithLink('proc2', '/proc'), volumes: [`${volume}:${target}`] };
    const script = 'find /proc/sys/net /proc/self/ -name false; cat /proc/sys/net/ipv4/ip_unprivileged_port_start';
    expect([target, await sh(script, options)]).toEqual([target, '0']);
  }
  expect(readdirSync(volume)).toEqual(['false']);
});

attackTest('/proc and /sys are the kernel’s own file systems, mounted once', async () => {
  const script = 'stat -f -c %T /proc /sys; grep -c " /proc proc " /proc/self/mounts';
  expect(await sh(script)).toBe('proc\nsysfs\n1');
});
