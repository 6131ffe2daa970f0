/** Containers that share a namespace on purpose share that one and no other. */
import { expect } from 'vitest';
import { attackTest, canary, inside, outcomes, refusal, sh, start } from './box.ts';

const session = 'sleep 1000';

attackTest(
  'who shares the pid namespace of a container has not its files beyond what its own powers give',
  async () => {
    await using other = await start(['sh', '-c', session], { env: ['TOKEN=secret'], user: '1000' });
    const script = 'cat /proc/1/environ | tr "\\0" "\\n"; ls /proc/1/root; ls /proc/1/cwd; readlink /proc/1/ns/mnt';
    const shown = await sh(script, { pid: `container:${other.id}`, user: '2000' });
    expect(shown).not.toContain('TOKEN');
    expect(shown.match(/Permission denied/g)?.length).toBeGreaterThanOrEqual(3);
  },
);

attackTest(
  'the processes of a container that joins a pid namespace are traced by nobody with other powers',
  async () => {
    const seize = 0x4206;
    await using other = await start(['sh', '-c', session], { user: '1000' });
    const seen = await outcomes([{ call: 'ptrace', args: [seize, 1, 0, 0] }], {
      pid: `container:${other.id}`,
      user: '2000',
    });
    expect(seen).toEqual(['ptrace EPERM']);
  },
);

attackTest('only what was shared is: files, hosts and processes stay apart', async () => {
  await using other = await start(['sh', '-c', `touch /tmp/mine; ${session}`], { ipc: 'shareable' });
  const script = 'ls /tmp; ls -d /proc/[0-9]* | wc -l; hostname';
  for (const options of [{ ipc: `container:${other.id}` }, { network: `container:${other.id}` }]) {
    const [processes] = (await sh(script, { ...options })).split('\n');
    expect(Number(processes)).toBeLessThan(6);
  }
});

attackTest('what a container puts in the place of its shared memory is not what those who share it get', async () => {
  const { directory, sings } = await canary();
  const script = `${inside}; umount /dev/shm && rmdir /dev/shm && ln -s ${directory} /dev/shm && echo ready; ${session}`;
  await using other = await start(['sh', '-c', script], { ipc: 'shareable', capAdd: ['SYS_ADMIN'] });
  await new Promise<void>((resolve) => other.stdout.once('data', () => resolve()));
  expect(await refusal({ ipc: `container:${other.id}` })).toMatch(/^(ELOOP|ENOENT|ENOTDIR)$/);
  sings();
});
