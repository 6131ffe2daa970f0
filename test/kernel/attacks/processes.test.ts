/**
 * Processes of the host and of other containers can't be seen, signalled, traced, read or entered. Whatever is tried here does
 * nothing where it succeeds.
 */
import { readlinkSync } from 'node:fs';
import { expect } from 'vitest';
import { buffer } from '../../../src/syscall/index.ts';
import { attackTest, attempt, outcomes, sh, start } from './box.ts';

const cwd = -100;
const seize = 0x4206;

attackTest('no process of the host can be named, by its pid on the host', async () => {
  const bytes = buffer('bytes', Buffer.alloc(64));
  const vector = buffer('iovec', Buffer.alloc(16).fill(64, 8, 9), [{ offset: 0, kind: 'pointer', to: bytes }]);
  const nowhere = buffer('iovec', Buffer.alloc(16).fill(64, 8, 9));
  // Ours, its parent, and one that a container shares with nobody.
  for (const pid of [process.pid, process.ppid]) {
    expect(
      await outcomes([
        { call: 'kill', args: [pid, 0] },
        { call: 'tgkill', args: [pid, pid, 0] },
        { call: 'pidfd_open', args: [pid, 0] },
        { call: 'ptrace', args: [seize, pid, 0, 0] },
        { call: 'process_vm_readv', args: [pid, vector, 1, nowhere, 1, 0] },
        { call: 'process_vm_writev', args: [pid, vector, 1, nowhere, 1, 0] },
        { call: 'kcmp', args: [pid, pid, 0, 0, 0] },
        { call: 'openat', args: [cwd, `/proc/${pid}/root/etc/passwd`, 0, 0] },
        { call: 'openat', args: [cwd, `/proc/${pid}/ns/mnt`, 0, 0] },
        { call: 'openat', args: [cwd, `/proc/${pid}/mem`, 0, 0] },
      ]),
    ).toEqual([
      'kill ESRCH',
      'tgkill ESRCH',
      'pidfd_open ESRCH',
      'ptrace ESRCH',
      'process_vm_readv ESRCH',
      'process_vm_writev ESRCH',
      expect.stringMatching(/^kcmp (ESRCH|EPERM|ENOSYS)$/),
      'openat ENOENT',
      'openat ENOENT',
      'openat ENOENT',
    ]);
  }
});

attackTest('a signal to all reaches nobody outside', async () => {
  await using _other = await start(['sleep', '1000']);
  // Signal 0 asks whether there is anybody and does nothing: were the defence missing, any other would end the machine.
  const attempts = await attempt([{ call: 'kill', args: [-1, 0] }]);
  expect(attempts[0]?.error).toBe('ESRCH');
});

attackTest('another container’s process can’t be named either', async () => {
  await using other = await start(['sleep', '1000']);
  const script = `ls -d /proc/[0-9]* | wc -l; cat /proc/[0-9]*/cmdline | tr "\\0" " " | grep -c "slee[p] 1000"
    kill -0 ${other.pid} 2>&1; ls /proc/${other.pid} 2>&1`;
  const lines = (await sh(script)).split('\n');
  expect(Number(lines[0])).toBeLessThan(6);
  expect(lines[1]).toBe('0');
  expect(lines[2]).toMatch(/No such process/);
  expect(lines[3]).toMatch(/No such file/);
});

attackTest('namespaces of others can’t be entered by those of process 1, which are the container’s', async () => {
  const script = 'for n in mnt pid net ipc uts cgroup; do readlink /proc/1/ns/$n; done';
  const inside = (await sh(script)).split('\n');
  const outside = ['mnt', 'pid', 'net', 'ipc', 'uts', 'cgroup'].map((name) => readlinkSync(`/proc/self/ns/${name}`));
  expect(inside).toHaveLength(6);
  expect(inside.filter((name) => outside.includes(name))).toEqual([]);
});

attackTest(
  'what remains of the clone shows nothing of gocker: no mapping, no environment, no command line',
  async () => {
    expect(await sh('grep -c -i -e node -e gocker /proc/1/maps; tr "\\0" " " < /proc/1/cmdline | head -c 5')).toBe(
      '0\nsh -c',
    );
  },
);
