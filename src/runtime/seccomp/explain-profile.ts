/** What a profile comes to for one container, in words: from the same judgement that its filter is made of. */
import type { SeccompProfile } from '../../oci/index.ts';
import { parseSeccompProfile } from '../../oci/index.ts';
import { errnoName } from '../../syscall/index.ts';
import { describeReturn } from './action.ts';
import type { Condition } from './condition.ts';
import { defaultProfile } from './default-profile.ts';
import { type Branch, compileFilter, judge } from './filter.ts';
import { checkProfile, resolveProfile, type SeccompFacts } from './resolve-profile.ts';
import { callNumbers } from './syscall-table.ts';

export interface SeccompExplanation {
  /** What happens to calls that no rule names. */
  readonly otherwise: string;
  /** Of the filter. */
  readonly instructions: number;
  /** The native one first; calls by way of any other kill the process. */
  readonly architectures: readonly ExplainedArchitecture[];
  /** Rules that ask for capabilities. */
  readonly byCapability: readonly ExplainedCapability[];
}

export interface ExplainedArchitecture {
  /** `SCMP_ARCH_X86_64` */
  readonly name: string;
  /** Calls by what always happens to them, such as `allowed`; names in order. */
  readonly always: Readonly<Record<string, readonly string[]>>;
  readonly byArguments: readonly ExplainedCall[];
  /** The calls that no rule names, and that are as old as those. */
  readonly unnamed: readonly string[];
}

export interface ExplainedCall {
  readonly name: string;
  /** The first that holds counts. */
  readonly rules: readonly { readonly when: string; readonly outcome: string }[];
}

export interface ExplainedCapability {
  readonly capabilities: readonly string[];
  /** Whether the container has them all. */
  readonly held: boolean;
  readonly names: readonly string[];
}

/**
 * @param text of a profile; gocker's own where left out
 * @throws GockerError `DOCUMENT_INVALID`, `SECCOMP_INVALID`, `CAPABILITY_UNKNOWN`
 */
export function explainProfile(text: string | undefined, facts: SeccompFacts): SeccompExplanation {
  const profile = text === undefined ? defaultProfile : parseSeccompProfile(text);
  checkProfile(profile);
  const resolved = resolveProfile(profile, facts);
  const { branches, defaultValue } = judge(resolved, facts.machine);
  return {
    otherwise: outcomeText(defaultValue),
    instructions: compileFilter(resolved, facts.machine).length / 8,
    architectures: branches.map(explainBranch),
    byCapability: explainCapabilities(profile, facts),
  };
}

function explainBranch({ architecture, rulings, unknownFrom }: Branch): ExplainedArchitecture {
  const always: Record<string, string[]> = {};
  const byArguments: ExplainedCall[] = [];
  const unnamed: string[] = [];
  for (const [name, bare] of [...callNumbers(architecture.table)].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const number = bare + architecture.base;
    const ruling = rulings.get(number);
    if (ruling === undefined) {
      if (number < unknownFrom) unnamed.push(name);
    } else if (ruling.kind === 'always') {
      const names = always[outcomeText(ruling.value)] ?? [];
      always[outcomeText(ruling.value)] = [...names, name];
    } else {
      const rules = ruling.rules.map(({ conditions, value }) => ({
        when: conditions.map(conditionText).join(' and '),
        outcome: outcomeText(value),
      }));
      byArguments.push({ name, rules });
    }
  }
  return { name: architecture.name, always, byArguments, unnamed };
}

function explainCapabilities({ syscalls }: SeccompProfile, facts: SeccompFacts): ExplainedCapability[] {
  return syscalls.flatMap(({ includes, names }) => {
    const { caps = [] } = includes ?? {};
    const held = caps.every((name) => facts.capabilities.includes(name));
    return caps.length === 0 ? [] : [{ capabilities: caps, held, names: [...names].sort() }];
  });
}

/** `fails with EPERM` */
function outcomeText(value: number): string {
  const { action, data } = describeReturn(value);
  switch (action) {
    case 'SCMP_ACT_ALLOW':
      return 'allowed';
    case 'SCMP_ACT_LOG':
      return 'allowed and logged';
    case 'SCMP_ACT_ERRNO':
      return data === 0 ? 'does nothing and returns 0' : `fails with ${errnoName(data)}`;
    case 'SCMP_ACT_TRACE':
      return `asks the tracer (${data})`;
    case 'SCMP_ACT_TRAP':
      return 'signals SIGSYS';
    case 'SCMP_ACT_KILL_THREAD':
      return 'kills the thread';
    default:
      return 'kills the process';
  }
}

const signs = {
  SCMP_CMP_NE: '≠',
  SCMP_CMP_LT: '<',
  SCMP_CMP_LE: '≤',
  SCMP_CMP_EQ: '=',
  SCMP_CMP_GE: '≥',
  SCMP_CMP_GT: '>',
} as const;

function conditionText({ index, operator, value, mask }: Condition): string {
  if (operator !== 'SCMP_CMP_MASKED_EQ') return `argument ${index} ${signs[operator]} ${value}`;
  return `argument ${index} & 0x${mask.toString(16)} = 0x${value.toString(16)}`;
}
