/** A profile for one container on one machine: what is left when its conditions are answered. */
import { GockerError, nearest } from '../../errors/index.ts';
import type { LinuxSeccomp, RuleFilter, SeccompProfile, SeccompRule } from '../../oci/index.ts';
import type { Architecture } from '../../syscall/index.ts';
import { capabilityMask } from '../spec/capabilities.ts';
import { filterReturn } from './action.ts';
import { checkArchitecture, nativeArchitecture } from './architecture.ts';
import { checkRule } from './rules.ts';

export interface SeccompFacts {
  /** The container's bounding set: `CAP_CHOWN` … */
  readonly capabilities: readonly string[];
  /** uname(2)'s release: `6.1.0-18-amd64`. */
  readonly kernel: string;
  readonly machine: Architecture;
}

/** docker's words for machines: Go's, where that is what a profile compares with. */
const machines = [
  ...['amd64', 'arm', 'arm64', 'loongarch64', 'mips', 'mips64', 'mips64n32', 'mipsel', 'mipsel64', 'mips3l64n32'],
  ...['ppc', 'ppc64', 'ppc64le', 'riscv64', 's390', 's390x', 'x32', 'x86'],
];

/** For a profile that was checked. */
export function resolveProfile(profile: SeccompProfile, facts: SeccompFacts): LinuxSeccomp {
  const { archMap = [], syscalls, ...rest } = profile;
  const native = nativeArchitecture(facts.machine);
  for (const { architecture, subArchitectures } of archMap)
    [architecture, ...subArchitectures].forEach(checkArchitecture);
  const mapped = archMap.find(({ architecture }) => architecture === native);
  const architectures = mapped === undefined ? rest.architectures : [native, ...mapped.subArchitectures];
  return {
    ...rest,
    ...(architectures !== undefined && { architectures }),
    syscalls: syscalls.flatMap(({ includes, excludes, ...rule }): SeccompRule[] => {
      if (includes !== undefined && !isWhollySo(includes, facts)) return [];
      return excludes !== undefined && isPartlySo(excludes, facts) ? [] : [rule];
    }),
  };
}

/**
 * Looks at every word, also of rules that count elsewhere only.
 *
 * @throws GockerError `SECCOMP_INVALID`, `CAPABILITY_UNKNOWN`
 */
export function checkProfile({
  defaultAction,
  defaultErrnoRet,
  archMap = [],
  architectures = [],
  syscalls,
}: SeccompProfile) {
  filterReturn(defaultAction, defaultErrnoRet);
  const mapped = archMap.flatMap(({ architecture, subArchitectures }) => [architecture, ...subArchitectures]);
  for (const name of [...mapped, ...architectures]) checkArchitecture(name);
  for (const { includes, excludes, ...rule } of syscalls) {
    checkRule(rule);
    checkFilter(includes);
    checkFilter(excludes);
  }
}

function checkFilter({ caps = [], arches = [], minKernel }: RuleFilter = {}): void {
  capabilityMask(caps);
  if (minKernel !== undefined) parseVersion(minKernel);
  const unknown = arches.find((arch) => !machines.includes(arch));
  if (unknown === undefined) return;
  throw new GockerError(
    'SECCOMP_INVALID',
    `cannot use seccomp profile: a rule is for "${unknown}", which is no machine (expected ${nearest(unknown, machines) ?? 'such as amd64'})`,
  );
}

function isWhollySo({ caps = [], arches = [], minKernel }: RuleFilter, facts: SeccompFacts): boolean {
  const isHere = arches.length === 0 || arches.includes(machineName(facts.machine));
  return isHere && caps.every((name) => has(facts, name)) && (minKernel === undefined || isSince(minKernel, facts));
}

function isPartlySo({ caps = [], arches = [], minKernel }: RuleFilter, facts: SeccompFacts): boolean {
  if (arches.includes(machineName(facts.machine)) || caps.some((name) => has(facts, name))) return true;
  return minKernel !== undefined && isSince(minKernel, facts);
}

function machineName(machine: Architecture): string {
  return machine === 'x64' ? 'amd64' : 'arm64';
}

function has({ capabilities }: SeccompFacts, name: string): boolean {
  return capabilities.includes(name);
}

/** By the first two numbers: distributions count the third for themselves. */
function isSince(version: string, { kernel }: SeccompFacts): boolean {
  const [wanted, found] = [parseVersion(version), parseVersion(kernel)];
  return found.major !== wanted.major ? found.major > wanted.major : found.minor >= wanted.minor;
}

function parseVersion(text: string): { major: number; minor: number } {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(text) ?? [];
  if (major !== undefined && minor !== undefined) return { major: Number(major), minor: Number(minor) };
  throw new GockerError(
    'SECCOMP_INVALID',
    `cannot use seccomp profile: minKernel "${text}" is no version (expected such as "4.8")`,
  );
}
