/** The compiler against an evaluation of the profile rule by rule: every number of every architecture, and profiles at random. */
import { expect, test } from 'vitest';
import type { LinuxSeccomp, SeccompArgument, SeccompRule } from '../../../src/oci/index.ts';
import { defaultCapabilities } from '../../../src/runtime/index.ts';
import { operators } from '../../../src/runtime/seccomp/condition.ts';
import { compileFilter } from '../../../src/runtime/seccomp/filter.ts';
import { seccompFor } from '../../../src/runtime/seccomp/seccomp-for.ts';
import { type Call, interpret } from './interpreter.ts';
import { audits, reading } from './naive.ts';
import { random } from './random.ts';

const X32 = 0x4000_0000;
const numbers = [
  ...Array.from({ length: 560 }, (_, number) => number),
  ...Array.from({ length: 560 }, (_, number) => X32 + number),
  ...[0xeffff, 0xf0000, 0xf0001, 0xf0005, 0xf0007, 0x3fffffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff],
];

for (const machine of ['x64', 'arm64'] as const) {
  for (const [title, capabilities] of [
    ['docker’s capabilities', defaultCapabilities],
    ['none', []],
    ['CAP_SYS_ADMIN', ['CAP_SYS_ADMIN']],
  ] as const) {
    test(`the default profile with ${title} compiles on ${machine} to what it says, for every call`, () => {
      const profile = seccompFor({ kind: 'default' }, { capabilities, machine, kernel: '6.1.0' });
      if (profile === undefined) throw new Error('no default profile');
      const filter = compileFilter(profile, machine);
      const read = reading(profile, machine);
      for (const audit of Object.values(audits)) {
        for (const number of numbers) {
          const args = [0x0n, 0x7e020000n, 40n, 0x100000028n].map((value) => [value, 0n, 0n]);
          for (const call of args.map((each): Call => ({ number, audit, args: each }))) {
            compare(filter, read, call);
          }
        }
      }
    });
  }
}

test.each(Array.from({ length: 40 }, (_, seed) => seed))('profile %i at random compiles to what it says', (seed) => {
  const next = random(seed);
  const profile = randomProfile(next);
  const machine = next(2) === 0 ? 'x64' : 'arm64';
  const filter = compileFilter(profile, machine);
  const read = reading(profile, machine);
  for (let count = 0; count < 2000; count++) {
    const call = {
      number: next(4) === 0 ? X32 + next(600) : next(600),
      audit: Object.values(audits)[next(5)] ?? 0,
      args: Array.from({ length: 6 }, () => randomOperand(next)),
    };
    compare(filter, read, call);
  }
});

test('what a rule lets through by its arguments no combined call of i386 lets through', () => {
  const args = [{ index: 0, op: 'SCMP_CMP_EQ', value: 1 }];
  const profile: LinuxSeccomp = {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: 1,
    architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86'],
    syscalls: [
      { names: ['socket', 'semget'], action: 'SCMP_ACT_ALLOW', args },
      { names: ['connect'], action: 'SCMP_ACT_ALLOW' },
    ],
  };
  const filter = compileFilter(profile, 'x64');
  const [socketcall, ipc] = [102, 117];
  const outcome = (number: number, which: bigint) =>
    interpret(filter, { number, audit: audits.x86, args: [which, 0n, 0n] }).value;
  const [refused, allowed] = [0x0005_0001, 0x7fff_0000];
  expect([outcome(socketcall, 1n), outcome(ipc, 2n), outcome(socketcall, 3n)]).toEqual([refused, refused, allowed]);
});

/** Without a matcher for each of a million calls. */
function compare(filter: Uint8Array, read: (call: Call) => number, call: Call): void {
  const [found, wanted] = [interpret(filter, call).value, read(call)];
  if (found !== wanted) expect({ call, value: found }).toEqual({ call, value: wanted });
}

const names = [
  'read',
  'socket',
  'connect',
  'semop',
  'clone',
  'personality',
  'ioctl',
  'mmap',
  'socketcall',
  'ipc',
  'lseek',
  'pidfd_open',
  'cacheflush',
  'prctl',
];
const actions = [
  'SCMP_ACT_KILL',
  'SCMP_ACT_KILL_PROCESS',
  'SCMP_ACT_TRAP',
  'SCMP_ACT_ERRNO',
  'SCMP_ACT_TRACE',
  'SCMP_ACT_LOG',
  'SCMP_ACT_ALLOW',
];

type Random = ReturnType<typeof random>;

function randomProfile(next: Random): LinuxSeccomp {
  return {
    defaultAction: pick(next, actions),
    architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32', 'SCMP_ARCH_ARM'].filter(() => next(3) > 0),
    syscalls: Array.from({ length: 1 + next(25) }, (): SeccompRule => {
      const args = Array.from({ length: next(4) }, () => randomArgument(next));
      return {
        names: Array.from({ length: 1 + next(3) }, () => pick(next, names)),
        action: pick(next, actions),
        ...(next(2) === 0 && { errnoRet: next(200) }),
        // Beyond the first condition the order of rules that overlap is not promised.
        args: args.length > 1 && new Set(args.map(({ index }) => index)).size === args.length ? args.slice(0, 1) : args,
      };
    }),
  };
}

function randomArgument(next: Random): SeccompArgument {
  return {
    index: next(3),
    op: pick(next, operators),
    value: randomOperand(next),
    ...(next(2) === 0 && { valueTwo: randomOperand(next) }),
  };
}

/** Numbers that lie close together, around the edges of 32 bits. */
function randomOperand(next: Random): bigint {
  const near = [0n, 0n, 0x7e020000n, 0x7fffffffn, 0xfffffffdn, 0x1_0000_0000n, 0x1234_0000_0005n, 2n ** 64n - 6n];
  return pick(next, near) + BigInt(next(6));
}

function pick<T>(next: Random, items: readonly T[]): T {
  const item = items[next(items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}
