/** A container that wants all: of its own file systems in memory it gets what it was given. */
import { expect } from 'vitest';
import { attackTest, sh } from './box.ts';

attackTest('a tmpfs takes its size and no more, in bytes', async () => {
  const script =
    'head -c 8000000 /dev/zero > /t/fill 2>/dev/null; stat -c %s /t/fill; df -k /t | tail -n 1 | tr -s " " | cut -d " " -f 2';
  expect(await sh(script, { tmpfs: ['/t:size=1m'] })).toBe('1048576\n1024');
});

attackTest('so do /dev and /dev/shm, which are memory too', async () => {
  const script =
    'for d in /dev /dev/shm; do head -c 80000000 /dev/zero > $d/fill 2>/dev/null; stat -c %s $d/fill; rm $d/fill; done';
  expect(await sh(script)).toBe('67108864\n67108864');
});

attackTest('masked directories, which are tmpfs as well, take nothing at all', async () => {
  expect(await sh('touch /sys/firmware/x 2>&1 | grep -c "Read-only"')).toBe('1');
});
