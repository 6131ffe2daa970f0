/**
 * An image that has links where the engine expects devices: what masks would show or make writable what the link names.
 * CVE-2025-31133 (/dev/null), CVE-2025-52565 (/dev/console and the terminal), CVE-2025-52881.
 */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { attackTest, canary, image, sh } from './box.ts';

const pattern = '/proc/sys/kernel/core_pattern';

attackTest('what masks is a null device, whatever the image has at /dev/null', async () => {
  const { file, sings } = await canary();
  for (const linkname of [pattern, file, '/proc/1/mem']) {
    const hostile = await image([{ name: 'dev/null', type: 'symlink', linkname }]);
    const masked = 'for f in /proc/kcore /proc/keys /proc/timer_list; do [ -e $f ] && stat -c "%F %t:%T" $f; done';
    const lines = (await sh(`${masked}; head -q -c 9 /proc/keys /proc/timer_list | wc -c`, { image: hostile })).split(
      '\n',
    );
    expect(new Set(lines)).toEqual(new Set(['character special file 1:3', '0']));
  }
  sings();
});

attackTest('/dev/null is the device that it should be, and not what the image put there', async () => {
  const hostile = await image([{ name: 'dev/null', content: 'not null' }]);
  expect(await sh('stat -c "%F %t:%T %a" /dev/null; echo x > /dev/null; wc -c < /dev/null', { image: hostile })).toBe(
    'character special file 1:3 666\n0',
  );
});

attackTest('a terminal is bound on /dev/console itself, wherever the image’s one leads', async () => {
  const { file, sings } = await canary();
  for (const linkname of [pattern, file, '/etc/passwd', '/proc/sysrq-trigger']) {
    const hostile = await image([{ name: 'dev/console', type: 'symlink', linkname }]);
    const shown = await sh('stat -c %F /dev/console; head -n 1 /etc/passwd', { image: hostile, tty: true });
    expect(shown.replaceAll('\r', '')).toBe('character special file\nroot:x:0:0:root:/root:/bin/sh');
  }
  sings();
});

attackTest('a terminal is opened in a devpts of the container’s own, whatever the image has at /dev/pts', async () => {
  const hostile = await image([
    { name: 'dev/pts', type: 'symlink', linkname: '/proc/self/fd' },
    { name: 'dev/ptmx', type: 'symlink', linkname: pattern },
  ]);
  const before = readFileSync(pattern, 'utf8');
  const shown = await sh('tty; readlink /dev/ptmx; echo /dev/pts/*', { image: hostile, tty: true });
  expect(shown.replaceAll('\r', '')).toMatch(/^\/dev\/(?:console|pts\/0)\npts\/ptmx\n\/dev\/pts\/0 \/dev\/pts\/ptmx$/);
  expect(readFileSync(pattern, 'utf8')).toBe(before);
});
