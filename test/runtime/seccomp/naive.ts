/** What a profile says of a call, found by reading it rule by rule: slow, and too simple to be wrong in the way a compiler is. */
import type { LinuxSeccomp, SeccompArgument, SeccompRule } from '../../../src/oci/index.ts';
import { narrowArguments } from '../../../src/runtime/seccomp/narrow-arguments.ts';
import { type CallTable, callNumbers } from '../../../src/runtime/seccomp/syscall-table.ts';
import type { Call } from './interpreter.ts';

const KILL_PROCESS = 0x8000_0000;
const X32 = 0x4000_0000;
const actions: Readonly<Record<string, number>> = {
  SCMP_ACT_KILL: 0,
  SCMP_ACT_KILL_PROCESS: KILL_PROCESS,
  SCMP_ACT_TRAP: 0x30000,
  SCMP_ACT_ERRNO: 0x50000,
  SCMP_ACT_TRACE: 0x7ff00000,
  SCMP_ACT_LOG: 0x7ffc0000,
  SCMP_ACT_ALLOW: 0x7fff0000,
};

export const audits = { x64: 0xc000003e, x86: 0x40000003, arm64: 0xc00000b7, arm: 0x40000028, riscv64: 0xc00000f3 };

/** @returns what the profile says of a call */
export function reading(profile: LinuxSeccomp, machine: 'x64' | 'arm64'): (call: Call) => number {
  const defaultValue = returned(profile.defaultAction, profile.defaultErrnoRet);
  const known = new Map<CallTable, ReturnType<typeof readFor>>();
  return (call) => {
    const table = tableFor(profile, call, machine);
    if (table === undefined) {
      return machine === 'x64' && call.audit === audits.x64 && call.number === 0xffffffff ? defaultValue : KILL_PROCESS;
    }
    const read = known.get(table) ?? readFor(profile, table);
    known.set(table, read);
    return read(call);
  };
}

function readFor(profile: LinuxSeccomp, table: CallTable): (call: Call) => number {
  const defaultValue = returned(profile.defaultAction, profile.defaultErrnoRet);
  const all = (profile.syscalls ?? []).flatMap((rule) => apart(rule, table));
  const base = table === 'x32' ? X32 : 0;
  const rulesOf = new Map<number, SeccompRule[]>();
  for (const rule of all) {
    const number = callNumbers(table).get(rule.names[0] ?? '');
    if (number === undefined || returned(rule.action, rule.errnoRet) === defaultValue) continue;
    rulesOf.set(number + base, [...(rulesOf.get(number + base) ?? []), rule]);
  }
  const named = all.flatMap(({ names: [name = ''] }) => callNumbers(table).get(name) ?? []);
  const newest = base + Math.max(...named.filter((each) => each < 0xf0000));
  const end = { arm: 0xf0000, 'x86-64': X32, x32: 0xffffffff, i386: 0xffffffff, arm64: 0xffffffff }[table];
  const isForbidding = !['SCMP_ACT_ALLOW', 'SCMP_ACT_LOG', 'SCMP_ACT_TRACE'].includes(profile.defaultAction);
  const isWide = table === 'x86-64' || table === 'arm64';
  return (call) => {
    const rules = rulesOf.get(call.number) ?? [];
    const fitting = rules.filter(({ args = [], names: [name = ''] }) =>
      args.every((argument) => holds(argument, call, isWide ? (narrowArguments[name] ?? []) : [0, 1, 2, 3, 4, 5])),
    );
    const chosen = rules.find(({ args = [] }) => args.length === 0) ?? fitting.sort(first).at(0);
    if (chosen !== undefined) return returned(chosen.action, chosen.errnoRet);
    const isUnknown = Number.isFinite(newest) && call.number > newest && call.number < end;
    return isForbidding && isUnknown ? 0x50000 + 38 : defaultValue;
  };
}

/** Each condition alone where several look at one argument; and what 32-bit x86 has behind socketcall and ipc. */
function apart(rule: SeccompRule, table: CallTable): SeccompRule[] {
  const { args = [] } = rule;
  const isEither = new Set(args.map(({ index }) => index)).size < args.length;
  const rules = (isEither ? args.map((argument) => [argument]) : [args]).flatMap((some) =>
    rule.names.map((name) => ({ ...rule, names: [name], args: some })),
  );
  if (table !== 'i386') return rules;
  const through = ['SCMP_ACT_ALLOW', 'SCMP_ACT_LOG', 'SCMP_ACT_TRACE'].includes(rule.action);
  const muxed: Readonly<Record<string, [string, number]>> = {
    socket: ['socketcall', 1],
    connect: ['socketcall', 3],
    sendmmsg: ['socketcall', 20],
    semop: ['ipc', 1],
    shmctl: ['ipc', 24],
  };
  return rules.flatMap((each) => {
    const [call, which] = muxed[each.names[0] ?? ''] ?? [];
    if (call === undefined || which === undefined || (through && each.args.length > 0)) return [each];
    return [each, { ...each, names: [call], args: [{ index: 0, op: 'SCMP_CMP_EQ', value: which }] }];
  });
}

function tableFor(
  { architectures = [] }: LinuxSeccomp,
  { audit, number }: Call,
  machine: string,
): CallTable | undefined {
  if (machine === 'arm64') {
    if (audit === audits.arm64) return 'arm64';
    return audit === audits.arm && architectures.includes('SCMP_ARCH_ARM') ? 'arm' : undefined;
  }
  if (audit === audits.x86) return architectures.includes('SCMP_ARCH_X86') ? 'i386' : undefined;
  if (audit !== audits.x64) return undefined;
  if (number < X32) return 'x86-64';
  return architectures.includes('SCMP_ARCH_X32') ? 'x32' : undefined;
}

function returned(action: string, data = 1): number {
  const base = actions[action] ?? Number.NaN;
  return action === 'SCMP_ACT_ERRNO' || action === 'SCMP_ACT_TRACE' ? base + data : base;
}

function holds(
  { index, op, value, valueTwo = 0 }: SeccompArgument,
  { args = [] }: Call,
  narrow: readonly number[],
): boolean {
  const cut = (number: bigint) => (narrow.includes(index) ? number & 0xffffffffn : number);
  const found = cut(args[index] ?? 0n);
  const bound = BigInt(value);
  if (op === 'SCMP_CMP_EQ') return found === cut(bound);
  if (op === 'SCMP_CMP_NE') return found !== cut(bound);
  if (op === 'SCMP_CMP_LT') return found < bound;
  if (op === 'SCMP_CMP_LE') return found <= bound;
  if (op === 'SCMP_CMP_GE') return found >= bound;
  if (op === 'SCMP_CMP_GT') return found > bound;
  return cut(found & bound) === cut(BigInt(valueTwo) & bound);
}

/** Of rules that all hold: the later argument, the more exact comparison, the narrower bound. */
function first({ args: [left] = [] }: SeccompRule, { args: [right] = [] }: SeccompRule): number {
  if (left === undefined || right === undefined) return 0;
  const exact = (op: string) => (/L[TE]$/.test(op) ? 1 : /G[TE]$/.test(op) ? 2 : 0);
  const bound = ({ op, value, valueTwo = 0 }: SeccompArgument) =>
    op === 'SCMP_CMP_MASKED_EQ' ? BigInt(value) & BigInt(valueTwo) : BigInt(value);
  const byBound = bound(left) === bound(right) ? 0 : bound(left) < bound(right) ? 1 : -1;
  return right.index - left.index || exact(left.op) - exact(right.op) || (exact(left.op) === 1 ? -byBound : byBound);
}
