/** The architectures of seccomp: their names in profiles, config-linux.md#seccomp, and how a filter tells them apart. */
import { GockerError, nearest } from '../../errors/index.ts';
import { type Architecture, thisArchitecture } from '../../syscall/index.ts';
import type { CallTable } from './syscall-table.ts';

export interface SeccompArchitecture {
  /** `SCMP_ARCH_X86_64`. */
  readonly name: string;
  /** AUDIT_ARCH_*, linux/audit.h: what `seccomp_data.arch` says. */
  readonly audit: number;
  readonly table: CallTable;
  /** Of an argument. The kernel gives all 64 to a filter, and 32-bit programs have nothing in the upper half. */
  readonly bits: 32 | 64;
  /** The first number of its calls: x32 shares AUDIT_ARCH_X86_64, and has __X32_SYSCALL_BIT in every number. */
  readonly base: number;
}

/** asm/unistd.h: __X32_SYSCALL_BIT. */
export const X32_BIT = 0x4000_0000;
/** linux/audit.h: AUDIT_ARCH_X86_64, of x86-64 and x32 alike. */
export const X86_64_AUDIT = 0xc000_003e;

const architectures: Readonly<Record<string, Omit<SeccompArchitecture, 'name'>>> = {
  SCMP_ARCH_X86_64: { audit: X86_64_AUDIT, table: 'x86-64', bits: 64, base: 0 },
  SCMP_ARCH_X86: { audit: 0x4000_0003, table: 'i386', bits: 32, base: 0 },
  SCMP_ARCH_X32: { audit: X86_64_AUDIT, table: 'x32', bits: 32, base: X32_BIT },
  SCMP_ARCH_AARCH64: { audit: 0xc000_00b7, table: 'arm64', bits: 64, base: 0 },
  SCMP_ARCH_ARM: { audit: 0x4000_0028, table: 'arm', bits: 32, base: 0 },
};

/** Those that this program is never run on: a profile may name them, and nothing follows from it. */
const foreign = [
  ...['MIPS', 'MIPS64', 'MIPS64N32', 'MIPSEL', 'MIPSEL64', 'MIPSEL64N32', 'PPC', 'PPC64', 'PPC64LE', 'S390', 'S390X'],
  ...['PARISC', 'PARISC64', 'RISCV64', 'LOONGARCH64', 'M68K', 'SH', 'SHEB'],
].map((name) => `SCMP_ARCH_${name}`);

/** What a kernel of each machine runs. */
const families: Readonly<Record<Architecture, readonly string[]>> = {
  x64: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'],
  arm64: ['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'],
};

export function nativeArchitecture(machine: Architecture = thisArchitecture()): string {
  return machine === 'x64' ? 'SCMP_ARCH_X86_64' : 'SCMP_ARCH_AARCH64';
}

/**
 * The named ones that programs of this machine can be of, the native one first: it is always among them.
 *
 * @throws GockerError `SECCOMP_INVALID` for a name that is none
 */
export function selectArchitectures(names: readonly string[], machine: Architecture): SeccompArchitecture[] {
  for (const name of names) checkArchitecture(name);
  const [native = '', ...others] = families[machine];
  return [native, ...others.filter((name) => names.includes(name))].flatMap((name) => {
    const architecture = architectures[name];
    return architecture === undefined ? [] : [{ name, ...architecture }];
  });
}

/** @throws GockerError `SECCOMP_INVALID` */
export function checkArchitecture(name: string): string {
  const known = [...Object.keys(architectures), ...foreign];
  if (known.includes(name)) return name;
  throw new GockerError(
    'SECCOMP_INVALID',
    `cannot use seccomp profile: architecture "${name}" is none (expected ${nearest(name, known) ?? 'such as SCMP_ARCH_X86_64'})`,
  );
}
