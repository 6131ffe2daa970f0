/** Profiles as files have them: what is understood, what is refused and in which words. */
import { expect, test } from 'vitest';
import { parseSeccompProfile } from '../../../src/oci/index.ts';
import { compileFilter } from '../../../src/runtime/seccomp/filter.ts';
import { seccompFor } from '../../../src/runtime/seccomp/seccomp-for.ts';
import { interpret } from './interpreter.ts';
import { audits } from './naive.ts';

const facts = { capabilities: ['CAP_CHOWN', 'CAP_SYS_CHROOT'], kernel: '6.1.0-18-amd64', machine: 'x64' } as const;

function resolve(profile: object) {
  return seccompFor({ kind: 'profile', text: JSON.stringify(profile) }, facts);
}

const rule = (more: object = {}) => ({ names: ['chmod'], action: 'SCMP_ACT_ALLOW', ...more });
const profile = (...syscalls: object[]) => ({ defaultAction: 'SCMP_ACT_ERRNO', syscalls });

test('seccompFor() understands docker’s older words: one name, architectures by map, and comments', () => {
  const found = resolve({
    ...profile({ name: 'chmod', action: 'SCMP_ACT_ALLOW', comment: 'why' }),
    archMap: [
      { architecture: 'SCMP_ARCH_AARCH64', subArchitectures: ['SCMP_ARCH_ARM'] },
      { architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86'] },
    ],
  });
  expect(found).toEqual({
    defaultAction: 'SCMP_ACT_ERRNO',
    architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86'],
    syscalls: [{ names: ['chmod'], action: 'SCMP_ACT_ALLOW' }],
  });
});

test.each<[string, object, boolean]>([
  ['all capabilities that it asks for', { includes: { caps: ['CAP_CHOWN', 'CAP_SYS_CHROOT'] } }, true],
  ['a capability that the container lacks', { includes: { caps: ['CAP_CHOWN', 'CAP_SYS_ADMIN'] } }, false],
  ['the machine', { includes: { arches: ['arm64', 'amd64'] } }, true],
  ['another machine', { includes: { arches: ['s390x'] } }, false],
  ['an older kernel', { includes: { minKernel: '4.8' } }, true],
  ['this kernel', { includes: { minKernel: '6.1' } }, true],
  ['a newer kernel', { includes: { minKernel: '6.10' } }, false],
  ['an exclusion by a capability', { excludes: { caps: ['CAP_SYS_ADMIN', 'CAP_CHOWN'] } }, false],
  ['an exclusion by another capability', { excludes: { caps: ['CAP_SYS_ADMIN'] } }, true],
  ['an exclusion by kernel', { excludes: { minKernel: '5.0' } }, false],
])('a rule with %s counts or not', (_, conditions, counts) => {
  expect(resolve(profile(rule(conditions)))?.syscalls).toHaveLength(counts ? 1 : 0);
});

test.each<[object, string]>([
  [profile(rule({ names: ['chmodd'] })), 'it names "chmodd", which is no system call (expected such as "chmod")'],
  [profile(rule({ action: 'SCMP_ACT_ALOW' })), 'action "SCMP_ACT_ALOW" is none (expected SCMP_ACT_ALLOW)'],
  [profile(rule({ action: 'SCMP_ACT_NOTIFY' })), 'it has SCMP_ACT_NOTIFY, and nothing here would answer the calls'],
  [profile(rule({ args: [{ index: 6, value: 0, op: 'SCMP_CMP_EQ' }] })), 'looks at argument 6 (expected 0 to 5'],
  [
    profile(rule({ args: [{ index: 0, value: 0, op: 'SCMP_CMP_EG' }] })),
    'compares by "SCMP_CMP_EG" (expected SCMP_CMP_EQ)',
  ],
  [profile(rule({ action: 'SCMP_ACT_ERRNO', errnoRet: 5000 })), 'errnoRet 5000 does not fit SCMP_ACT_ERRNO'],
  [profile(rule({ includes: { arches: ['amd46'] } })), 'a rule is for "amd46", which is no machine (expected amd64)'],
  [profile(rule({ includes: { caps: ['CAP_SYS_ADMINS'] } })), 'CAP_SYS_ADMINS'],
  [profile(rule({ excludes: { minKernel: 'new' } })), 'minKernel "new" is no version'],
  [
    { ...profile(), architectures: ['SCMP_ARCH_X86_46'] },
    'architecture "SCMP_ARCH_X86_46" is none (expected SCMP_ARCH_X86_64)',
  ],
  [{ ...profile(), archMap: [], architectures: [] }, 'either "architectures" or "archMap", not both'],
  [profile({ name: 'a', names: ['b'], action: 'SCMP_ACT_ALLOW' }), 'either "name" or "names", not both'],
  [profile(rule({ args: [{ index: 0, value: -1, op: 'SCMP_CMP_EQ' }] })), '"syscalls[0].args[0].value" is -1'],
  [{ syscalls: [] }, '"defaultAction" is missing'],
  [{ ...profile(), listenerPath: '/run/x' }, 'nothing here would listen'],
])('seccompFor() refuses %j in words that name what is wrong', (wrong, message) => {
  expect(() => resolve(wrong)).toThrow(message);
});

test('seccompFor() refuses what is no JSON', () => {
  expect(() => seccompFor({ kind: 'profile', text: '{' }, facts)).toThrow('cannot parse seccomp profile: not JSON');
});

test('names that other architectures have are passed over', () => {
  const found = resolve(profile(rule({ names: ['chmod', 'riscv_hwprobe', 's390_pci_mmio_read', 'set_tls'] })));
  expect(found?.syscalls?.[0]?.names).toHaveLength(4);
});

test('numbers of 64 bits are read to the last bit', () => {
  const text =
    '{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":["mmap"],"action":"SCMP_ACT_ALLOW","args":[{"index":1,"value":18446744073709551613,"op":"SCMP_CMP_EQ"}]}]}';
  expect(parseSeccompProfile(text).syscalls[0]?.args?.[0]?.value).toBe(2n ** 64n - 3n);
});

test('an argument that the kernel cuts to 32 bits is compared as the kernel sees it (CVE-2019-10063)', () => {
  const TIOCSTI = 0x5412n;
  const found = resolve({
    defaultAction: 'SCMP_ACT_ALLOW',
    syscalls: [
      { names: ['ioctl'], action: 'SCMP_ACT_ERRNO', args: [{ index: 1, value: Number(TIOCSTI), op: 'SCMP_CMP_EQ' }] },
    ],
  });
  if (found === undefined) throw new Error('no profile');
  const filter = compileFilter(found, 'x64');
  for (const request of [TIOCSTI, TIOCSTI | (1n << 32n), TIOCSTI | (0xffff_ffffn << 32n)]) {
    expect(interpret(filter, { number: 16, audit: audits.x64, args: [0n, request] }).value).toBe(0x50001);
  }
  expect(interpret(filter, { number: 16, audit: audits.x64, args: [0n, 0x5413n] }).value).toBe(0x7fff0000);
});

test('a filter longer than the kernel takes is refused with its size', () => {
  const syscalls = Array.from({ length: 2000 }, (_, value) =>
    rule({ names: ['mmap'], args: [{ index: 0, value: (value + 1) * 2 ** 32 + value, op: 'SCMP_CMP_EQ' }] }),
  );
  const found = resolve(profile(...syscalls));
  if (found === undefined) throw new Error('no profile');
  expect(() => compileFilter(found, 'x64')).toThrow(/its filter has \d+ instructions \(expected 4096 at most\)/);
});
