/** What the kernel makes of our filters: every call of x86-64 and x32 under one, and the calls that an attacker would try. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { LinuxSeccomp } from '../../../src/oci/index.ts';
import { defaultCapabilities } from '../../../src/runtime/index.ts';
import { compileFilter } from '../../../src/runtime/seccomp/filter.ts';
import { seccompFor } from '../../../src/runtime/seccomp/seccomp-for.ts';
import { callNumbers } from '../../../src/runtime/seccomp/syscall-table.ts';
import { interpret } from '../../runtime/seccomp/interpreter.ts';
import { audits } from '../../runtime/seccomp/naive.ts';
import { attackTest, attempt, scratch } from '../attacks/box.ts';

const X32 = 0x4000_0000;
/** An errno that no call has: what our filter would let through comes back with it, and is never made. */
const ALLOWED = 290;
const machine = process.arch === 'arm64' ? 'arm64' : 'x64';

/** What the start and the attacking program themselves need. */
const needed = [
  'execve',
  'execveat',
  'write',
  'exit',
  'exit_group',
  'close',
  'fcntl',
  'capset',
  'openat',
  'faccessat',
  'mmap',
];

function marked(profile: LinuxSeccomp): LinuxSeccomp {
  const rules = (profile.syscalls ?? []).map((rule) =>
    rule.action === 'SCMP_ACT_ALLOW' ? { ...rule, action: 'SCMP_ACT_ERRNO', errnoRet: ALLOWED } : rule,
  );
  return { ...profile, syscalls: [{ names: needed, action: 'SCMP_ACT_ALLOW' }, ...rules] };
}

attackTest('the kernel decides each call as the interpreter does, x32’s too', async () => {
  const profile = seccompFor({ kind: 'default' }, { capabilities: defaultCapabilities });
  if (profile === undefined) throw new Error('no default profile');
  const filter = compileFilter(marked(profile), machine);
  const file = join(await scratch('profile'), 'profile.json');
  writeFileSync(file, JSON.stringify(marked(profile)));
  // Since Linux 6.14 no filter is asked about the probes' own calls, and another's use of them is a SIGILL.
  const own = new Set(
    [...needed, 'uretprobe', 'uprobe'].map((name) => callNumbers(machine === 'x64' ? 'x86-64' : 'arm64').get(name)),
  );
  const bare = Array.from({ length: 500 }, (_, number) => number).filter((number) => !own.has(number));
  const numbers = machine === 'x64' ? [...bare, ...bare.map((number) => X32 + number)] : bare;
  const attempts = await attempt(
    numbers.map((number) => ({ call: `${number}`, args: [0, 0, 0, 0, 0, 0] })),
    { securityOpt: [`seccomp=${file}`] },
  );
  const decided = attempts.map(({ call, result }) => [call, result]);
  const expected = numbers.map((number) => {
    const { value } = interpret(filter, { number, audit: machine === 'x64' ? audits.x64 : audits.arm64 });
    // x32's own execve, to which the list above gives leave, is unknown to a kernel without x32.
    return [`${number}`, value === 0x7fff_0000 ? -38 : -(value & 0xffff)];
  });
  expect(decided).toEqual(expected);
  expect(new Set(decided.map(([, result]) => result))).toEqual(new Set([-ALLOWED, -1, -38]));
});

const allCalls: readonly (readonly [string, readonly (number | bigint)[]])[] = [
  ['getppid', []],
  ['personality', [0xffff_ffff]],
  ['personality', [0x40000]],
  ['socket', [1, 1, 0]],
  ['socket', [38, 5, 0]],
  ['socket', [40, 1, 0]],
  ['socket', [0x1_0000_0028n, 1, 0]],
  ['clone', [0x1000_0011]],
  ['clone3', [0, 0]],
  ['unshare', [0]],
  ['mount', [0, 0, 0, 0, 0]],
  ['keyctl', [0, 0]],
  ['bpf', [0, 0, 0]],
  ['io_uring_setup', [1, 0]],
  ['userfaultfd', [0]],
  ['490', [0]],
];

/** A clone that succeeds has two programs report. */
const unforked = allCalls.filter(([name]) => name !== 'clone');

async function errors(options: Parameters<typeof attempt>[1], calls = allCalls) {
  const numbers = callNumbers(machine === 'x64' ? 'x86-64' : 'arm64');
  const attacks = calls.map(([name, args]) => ({ call: `${numbers.get(name) ?? name}`, args }));
  return (await attempt(attacks, options)).map(({ error }, index) => [calls[index]?.join(' '), error]);
}

attackTest('a container gets the errors that docker’s profile gives, upper halves of arguments or not', async () => {
  expect(await errors({})).toEqual([
    ['getppid ', undefined],
    ['personality 4294967295', undefined],
    ['personality 262144', 'EPERM'],
    ['socket 1,1,0', undefined],
    ['socket 38,5,0', 'EPERM'],
    ['socket 40,1,0', 'EPERM'],
    ['socket 4294967336,1,0', 'EPERM'],
    ['clone 268435473', 'EPERM'],
    ['clone3 0,0', 'ENOSYS'],
    ['unshare 0', 'EPERM'],
    ['mount 0,0,0,0,0', 'EPERM'],
    ['keyctl 0,0', 'EPERM'],
    ['bpf 0,0,0', 'EPERM'],
    ['io_uring_setup 1,0', 'EPERM'],
    ['userfaultfd 0', 'EPERM'],
    ['490 0', 'ENOSYS'],
  ]);
});

attackTest('a capability opens the calls that are for it; unconfined, the kernel alone decides', async () => {
  const withAdmin = new Map((await errors({ capAdd: ['SYS_ADMIN'] }, unforked)).map(([call, error]) => [call, error]));
  expect(withAdmin.get('unshare 0')).toBe(undefined);
  expect(withAdmin.get('clone3 0,0')).toBe('EINVAL');
  expect(withAdmin.get('mount 0,0,0,0,0')).toBe('EFAULT');
  expect(withAdmin.get('keyctl 0,0')).toBe('EPERM');
  const free = new Map(
    (await errors({ securityOpt: ['seccomp=unconfined'] }, unforked)).map(([call, error]) => [call, error]),
  );
  expect(free.get('unshare 0')).toBe(undefined);
  expect(free.get('clone3 0,0')).toBe('EINVAL');
  expect(free.get('personality 262144')).toBe(undefined);
});

attackTest('with no-new-privileges or as an ordinary user the filter is the same', async () => {
  const plain = await errors({});
  expect(await errors({ securityOpt: ['no-new-privileges'] })).toEqual(plain);
  expect(await errors({ user: '1000:1000' })).toEqual(plain);
});
