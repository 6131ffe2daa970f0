/**
 * Calls by which kernels were broken out of, and that no program of a container wants: docker's filter refuses them before the
 * kernel looks at them. Each is made a second time without the filter, to see that it was the filter.
 */
import { expect } from 'vitest';
import { buffer } from '../../../src/syscall/index.ts';
import type { AttackCall } from '../../support/attack/index.ts';
import { attackTest, attempt, outcomes } from './box.ts';

const newUser = 0x1000_0000;
const [vsock, alg] = [40, 38];
const [stream, sequence] = [1, 5];

/** With arguments that do nothing where they are not refused. */
const filtered: readonly AttackCall[] = [
  { call: 'unshare', args: [newUser] },
  { call: 'setns', args: [-1, 0] },
  { call: 'keyctl', args: [0, -3, 0] },
  { call: 'add_key', args: [null, null, null, 0, 0] },
  { call: 'request_key', args: [null, null, null, 0] },
  { call: 'perf_event_open', args: [null, 0, -1, -1, 0] },
  { call: 'io_uring_setup', args: [0, null] },
  { call: 'userfaultfd', args: [1] },
  { call: 'personality', args: [0x4_0000] },
  { call: 'kcmp', args: [1, 1, 0, 0, 0] },
  { call: 'set_mempolicy', args: [99, null, 0] },
  { call: 'move_pages', args: [0, 0, null, null, null, 0] },
  { call: 'migrate_pages', args: [0, 0, null, null] },
  { call: 'fsopen', args: ['nowhere', 0] },
  { call: 'mount', args: [null, null, null, 0, null] },
  { call: 'open_by_handle_at', args: [-1, null, 0] },
  { call: 'kexec_load', args: [0, 0, null, 0xffff] },
  { call: 'bpf', args: [9999, null, 0] },
  { call: 'socket', args: [vsock, stream, 0] },
  { call: 'socket', args: [alg, sequence, 0] },
];

attackTest('calls that docker’s filter refuses are refused', async () => {
  expect(await outcomes(filtered)).toEqual(filtered.map(({ call }) => `${call} EPERM`));
  const without = await outcomes(filtered, { securityOpt: ['seccomp=unconfined'] });
  // Some of them a capability guards as well, and some kernels have not all.
  expect(without.filter((outcome) => !outcome.endsWith('EPERM')).length).toBeGreaterThan(10);
});

attackTest('a new user namespace is not made by clone(2) either, and clone3(2) is not there', async () => {
  const arguments_ = Buffer.alloc(64);
  arguments_.writeBigUInt64LE(BigInt(newUser), 0);
  expect(
    await outcomes([
      { call: 'clone', args: [newUser, 0, 0, 0, 0] },
      { call: 'clone', args: [newUser | 17, 0, 0, 0, 0] },
      { call: 'clone3', args: [buffer('arguments', arguments_), 64] },
    ]),
  ).toEqual(['clone EPERM', 'clone EPERM', 'clone3 ENOSYS']);
});

attackTest('the filter holds for the numbers of x32, and for those that no kernel has', async () => {
  const x32 = 0x4000_0000;
  const numbers = [x32 | 250, x32 | 272, x32 | 101 | 0x1000, 0x7fff_ffff, 1999];
  const attempts = await attempt(numbers.map((number) => ({ call: `${number}`, args: [newUser, 0, 0] })));
  expect(attempts.filter(({ error }) => error !== 'EPERM' && error !== 'ENOSYS')).toEqual([]);
  if (process.arch === 'x64') expect(attempts[0]?.error).toBe('EPERM');
});

attackTest('a process can’t take its filter off, and one that it adds only takes more away', async () => {
  const [setSeccomp, getSeccomp, strict] = [22, 21, 0];
  const attempts = await attempt([
    { call: 'prctl', args: [getSeccomp, 0, 0, 0, 0] },
    { call: 'prctl', args: [setSeccomp, strict, 0, 0, 0] },
    { call: 'seccomp', args: [strict, 0, null] },
    { call: 'keyctl', args: [0, -3, 0] },
  ]);
  // 2: SECCOMP_MODE_FILTER. Mode strict is refused to who has a filter.
  expect(attempts.map(({ result, error }) => error ?? result)).toEqual([2, 'EINVAL', 'EINVAL', 'EPERM']);
});
