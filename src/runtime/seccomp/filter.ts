/**
 * A seccomp profile as the kernel's filter program: first which architecture the call is of, the native one before others; then
 * a search for its number; then, where rules look at them, its arguments.
 */
import type { LinuxSeccomp } from '../../oci/index.ts';
import { type Architecture, thisArchitecture } from '../../syscall/index.ts';
import { filterReturn, KILL_PROCESS, letsThrough } from './action.ts';
import { type SeccompArchitecture, selectArchitectures, X32_BIT, X86_64_AUDIT } from './architecture.ts';
import { assemble } from './assemble.ts';
import { decideByArguments } from './decide-arguments.ts';
import { answer, ask, DATA, type Decision, type Range, search, WHOLE } from './decision.ts';
import { type CheckedRule, checkRules, type Ruling, rulingsFor } from './rules.ts';

const ENOSYS = 38;
/** Calls of 32-bit ARM's own, asm/unistd.h __ARM_NR_BASE: no measure for how new a call is. */
const ARM_PRIVATE = 0xf_0000;

/** What happens to the calls of one architecture. */
export interface Branch {
  readonly architecture: SeccompArchitecture;
  readonly rulings: ReadonlyMap<number, Ruling>;
  /** Calls from this number on are newer than all that the profile speaks of, and are told to be unknown; with the base. */
  readonly unknownFrom: number;
}

export interface Judgement {
  /** The native architecture first. */
  readonly branches: readonly Branch[];
  /** What the filter returns for what no rule speaks of. */
  readonly defaultValue: number;
}

/**
 * The instructions, 8 bytes each. Pure; in a process that has just started some 20 ms for docker's profile.
 *
 * @throws GockerError `SECCOMP_INVALID`
 */
export function compileFilter(profile: LinuxSeccomp, machine: Architecture = thisArchitecture()): Uint8Array {
  return assemble(decideArchitecture(judge(profile, machine)));
}

/** What the profile says of each call, with all of it checked. @throws GockerError `SECCOMP_INVALID` */
export function judge(profile: LinuxSeccomp, machine: Architecture): Judgement {
  const { rules, defaultValue } = checkRules(profile);
  const branches = selectArchitectures(profile.architectures ?? [], machine).map((architecture) => {
    const rulings = rulingsFor(rules, architecture, defaultValue);
    return { architecture, rulings, unknownFrom: newest(rules, architecture, defaultValue) };
  });
  return { branches, defaultValue };
}

/**
 * As docker's runtime does: a program that tries a call newer than the profile should hear what an older kernel would say, and
 * fall back; told EPERM it gives up.
 */
function newest(rules: readonly CheckedRule[], architecture: SeccompArchitecture, defaultValue: number): number {
  if (letsThrough(defaultValue)) return WHOLE;
  const named = rulingsFor(
    rules.map(({ names }) => ({ names, alternatives: [[]], value: -1 })),
    architecture,
    defaultValue,
  );
  const numbers = [...named.keys()].filter((number) => number - architecture.base < ARM_PRIVATE);
  return numbers.length === 0 ? WHOLE : Math.max(...numbers) + 1;
}

function decideArchitecture({ branches, defaultValue }: Judgement): Decision {
  const ranges = new Map<number, Range[]>();
  for (const branch of branches) {
    const { audit } = branch.architecture;
    ranges.set(audit, [...(ranges.get(audit) ?? []), ...rangesOf(branch, defaultValue)]);
  }
  // What comes by way of an architecture that the profile does not allow. (One thread alone killed, and the program hangs.)
  const elsewhere: Decision = answer(KILL_PROCESS);
  return [...ranges].reduceRight<Decision>((no, [audit, found]) => {
    const yes = search(DATA.number, [...found, ...beyond(found, audit, defaultValue)]);
    return ask({ offset: DATA.architecture, test: 'equal', value: audit, yes, no });
  }, elsewhere);
}

/** Within an architecture, from its base on. */
function rangesOf({ architecture, rulings, unknownFrom }: Branch, defaultValue: number): Range[] {
  const { base, bits, table } = architecture;
  const otherwise = answer(defaultValue);
  const ranges: Range[] = [{ from: base, decision: otherwise }];
  const unknown = answer(filterReturn('SCMP_ACT_ERRNO', ENOSYS));
  const starts: Range[] = [{ from: unknownFrom, decision: unknown }];
  if (table === 'arm') starts.push({ from: Math.max(unknownFrom, ARM_PRIVATE), decision: otherwise });
  for (const [number, ruling] of rulings) {
    const next = number + 1 === unknownFrom ? unknown : otherwise;
    starts.push({ from: number, decision: decideCall(ruling, bits, defaultValue) });
    if (!rulings.has(number + 1)) starts.push({ from: number + 1, decision: next });
  }
  starts.sort((left, right) => left.from - right.from);
  for (const range of starts) {
    if (ranges.at(-1)?.from === range.from) ranges.pop();
    ranges.push(range);
  }
  return ranges;
}

function decideCall(ruling: Ruling, bits: 32 | 64, defaultValue: number): Decision {
  if (ruling.kind === 'always') return answer(ruling.value);
  const { rules, narrow } = ruling;
  return decideByArguments({ rules, defaultValue, isNarrow: (index) => bits === 32 || narrow.includes(index) });
}

/** Above all calls: x32's where it is not allowed, and −1, which is no call but what a tracer leaves of one. */
function beyond(found: readonly Range[], audit: number, defaultValue: number): Range[] {
  const hasX32Calls = audit === X86_64_AUDIT && !found.some(({ from }) => from >= X32_BIT);
  return [
    ...(hasX32Calls ? [{ from: X32_BIT, decision: answer(KILL_PROCESS) }] : []),
    { from: WHOLE, decision: answer(defaultValue) },
  ];
}
