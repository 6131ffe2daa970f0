/** What is between Node and the program: a process whose memory nobody can look into, and which leaves nothing behind. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Process } from '../../../src/oci/index.ts';
import { readHostFacts } from '../../../src/runtime/launch/host-facts.ts';
import { becomeHandover, makeHandover } from '../../../src/runtime/plan/handover.ts';
import { lowerEffective, takeIdentity } from '../../../src/runtime/plan/identity.ts';
import { cloneAndPlay, flags, type KernelCall, PR } from '../../../src/syscall/index.ts';
import { rootTest, run, sh, specOf } from './alpine.ts';

/** The handover of a start, with a look at itself before it ends. */
async function dumpableIn(process: Partial<Process>, leaveOut: readonly string[] = []): Promise<number | undefined> {
  const spec = specOf(['true'], { process });
  const host = readHostFacts(spec);
  const look: KernelCall = {
    call: 'prctl',
    args: [flags(PR, 'PR_GET_DUMPABLE'), 0, 0, 0, 0],
    result: 'dumpable',
    why: 'may others look into our memory?',
  };
  const calls = [
    ...makeHandover(host),
    ...takeIdentity(spec.process, host),
    lowerEffective(spec.process, host),
    ...becomeHandover(spec.process, false),
    look,
  ].filter(({ call }) => !leaveOut.includes(call));
  const child = cloneAndPlay(calls);
  const outcome = await child.settled();
  expect(outcome.kind).toBe('finished');
  return outcome.calls.at(-1)?.result;
}

rootTest('nobody can look into the handover, whoever it runs as', async () => {
  // 0 by default, 2 where the sysctl fs.suid_dumpable says so; 1 is open to all of the same user.
  expect(await dumpableIn({})).not.toBe(1);
  expect(await dumpableIn({ user: { uid: 65534, gid: 65534 } })).not.toBe(1);
  // The look itself sees a difference.
  expect(await dumpableIn({}, ['fchmod'])).toBe(1);
  expect(await dumpableIn({}, ['capset'])).toBe(1);
});

rootTest(
  'a program has stdin, stdout and stderr open, and nothing of the tape, whatever became of it before',
  async () => {
    const list = 'ls /proc/self/fd | wc -l; grep -c gocker /proc/self/maps || true';
    // The fourth is the directory that ls reads.
    expect(await sh(list)).toBe('4\n0');
    expect(await sh(list, { init: true })).toBe('4\n0');
    expect(await sh(list, { process: { user: { uid: 1000, gid: 1000 } } })).toBe('4\n0');
  },
);

rootTest('a program has the capabilities that it is to have, after two execve as after one', async () => {
  const sets = (status: string) => /CapInh:\s*(\w+)\nCapPrm:\s*(\w+)\nCapEff:\s*(\w+)/.exec(status)?.slice(1);
  const all = '00000000a80425fb';
  const none = '0'.repeat(16);
  const status = 'cat /proc/self/status';
  expect(sets(await sh(status))).toEqual([none, all, all]);
  expect(sets(await sh(status, { init: true }))).toEqual([none, all, all]);
  expect(sets(await sh(status, { process: { user: { uid: 7, gid: 7 }, capabilities: {} } }))).toEqual([
    none,
    none,
    none,
  ]);
  const ambient = ['CAP_CHOWN'];
  const capabilities = { bounding: ambient, permitted: ambient, effective: ambient, inheritable: ambient, ambient };
  const one = '0000000000000001';
  const process = { user: { uid: 7, gid: 7 }, capabilities };
  expect(sets(await sh(status, { process }))).toEqual([one, one, one]);
});

rootTest('each call of the plan that was reached has its result, those of the handover too', async () => {
  const { container } = await run(['true'], { timing: true });
  const calls = container.calls.map(({ call, result, nanoseconds }) => ({ call: call.call, result, nanoseconds }));
  const change = calls.findIndex(({ call }) => call === 'execveat');
  expect(calls[change]).toMatchObject({ result: 0, nanoseconds: expect.any(Number) });
  const tried = calls.slice(change).filter(({ call }) => call === 'execve');
  expect(tried.map(({ result }) => result)).toEqual([-2, -2, -2, -2, -2, undefined]);
  expect(calls.filter(({ nanoseconds }) => nanoseconds === undefined)).toEqual([]);
});

rootTest('the tape is not on the host any more when the program runs', async () => {
  await run(['true']);
  expect(readFileSync('/proc/self/maps', 'latin1')).not.toContain('gocker-tape');
});
