/** System calls that an attacker knows and the tape has no use for: x86-64 (syscall_64.tbl) and arm64 (asm-generic/unistd.h). */
import { type KernelCall, syscallNames, syscallNumber } from '../../../src/syscall/index.ts';
import type { Machine } from './elf.ts';

/** `call` may also be a bare number, as text: `1073741825`. */
export type AttackCall = Pick<KernelCall, 'call' | 'args' | 'result'>;

const others: Readonly<Record<string, readonly [x64: number, arm64: number]>> = {
  acct: [163, 89],
  clock_adjtime: [305, 266],
  clock_settime: [227, 112],
  delete_module: [176, 106],
  finit_module: [313, 273],
  init_module: [175, 105],
  io_uring_setup: [425, 425],
  kexec_file_load: [320, 294],
  kexec_load: [246, 104],
  lookup_dcookie: [212, 18],
  migrate_pages: [256, 238],
  move_pages: [279, 239],
  perf_event_open: [298, 241],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  settimeofday: [164, 170],
  swapoff: [168, 225],
  swapon: [167, 224],
  syslog: [103, 116],
  userfaultfd: [323, 282],
  vhangup: [153, 58],
};

const known = new Set(syscallNames());

export function numberOf(name: string, machine: Machine): number {
  if (/^\d+$/.test(name)) return Number(name);
  const pair = Object.hasOwn(others, name) ? others[name] : undefined;
  return pair === undefined ? syscallNumber(name, machine) : pair[machine === 'x64' ? 0 : 1];
}

/** A call that the tape's layout takes in place of one that it does not know. */
export function nameInTable(name: string): string {
  return known.has(name) ? name : 'getpid';
}
