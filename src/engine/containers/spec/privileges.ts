/** What a container's processes may do, docker's defaults where nobody says otherwise. Pure. */
import type { LinuxResources, LinuxSpec, Process } from '../../../oci/index.ts';
import {
  type ContainerUser,
  defaultDeviceRules,
  defaultMaskedPaths,
  defaultReadonlyPaths,
} from '../../../runtime/index.ts';
import { optionError } from '../../options/option-error.ts';
import type { PrivilegeOptions } from '../../options/privilege-options.ts';
import type { PrivilegeFacts } from '../privilege-facts.ts';
import { chooseCapabilities } from './capabilities.ts';
import { parseDeviceRule } from './device-rules.ts';
import { chooseSeccomp } from './seccomp.ts';
import { parseSecurityOpts, type SecurityChoices } from './security-opt.ts';
import { parseUlimits } from './ulimits.ts';

export interface Privileges {
  readonly process: Pick<
    Process,
    'user' | 'capabilities' | 'rlimits' | 'noNewPrivileges' | 'oomScoreAdj' | 'apparmorProfile'
  >;
  readonly linux: Pick<LinuxSpec, 'maskedPaths' | 'readonlyPaths' | 'devices' | 'seccomp'>;
  /** To be joined with the limits. */
  readonly resources: Pick<LinuxResources, 'devices'>;
}

/** @throws GockerError those of the parts: each names the flag and the value */
export function privilegesFor(options: PrivilegeOptions, user: ContainerUser, facts: PrivilegeFacts): Privileges {
  const security = parseSecurityOpts(options.securityOpt ?? []);
  if (security.label !== undefined && facts.hasSELinux()) throw labelError(security.label);
  const isPrivileged = options.privileged === true;
  const process = processPrivileges(options, user, { security, held: facts.heldCapabilities });
  const capabilities = process.capabilities?.bounding ?? [];
  return {
    process,
    linux: {
      ...systemPaths(security, isPrivileged),
      ...chooseSeccomp(security.seccomp ?? (isPrivileged ? 'unconfined' : 'builtin'), capabilities, facts.readProfile),
      ...present('devices', [...facts.hostDevices, ...facts.granted.map(({ device }) => device)]),
    },
    resources: isPrivileged ? { devices: [{ allow: true, access: 'rwm' }] } : deviceResources(options, facts),
  };
}

function processPrivileges(
  options: PrivilegeOptions,
  { uid, gid, additionalGids }: ContainerUser,
  { security, held }: { readonly security: SecurityChoices; readonly held: bigint },
): Privileges['process'] {
  const bounding = chooseCapabilities(options, held);
  const capabilities = uid === 0 ? bounding : [];
  const { apparmor } = security;
  const isConfined = apparmor !== undefined && apparmor !== 'unconfined';
  return {
    // The group itself among the supplementary ones: else a program could drop it and so escape what denies it (CVE-2022-36109).
    user: { uid, gid, additionalGids: [...new Set([gid, ...additionalGids])] },
    capabilities: { bounding, permitted: capabilities, effective: capabilities, inheritable: [], ambient: [] },
    ...present('rlimits', parseUlimits(options.ulimits ?? [])),
    ...(security.noNewPrivileges ? { noNewPrivileges: true } : {}),
    ...(options.oomScoreAdj === undefined ? {} : { oomScoreAdj: parseOomScore(options.oomScoreAdj) }),
    ...(isConfined ? { apparmorProfile: apparmor } : {}),
  };
}

function systemPaths({ mask, unmask }: SecurityChoices, isPrivileged: boolean) {
  const isOpen = (path: string) => isPrivileged || unmask.includes('ALL') || unmask.includes(path);
  return {
    maskedPaths: [...defaultMaskedPaths.filter((path) => !isOpen(path)), ...mask],
    readonlyPaths: defaultReadonlyPaths.filter((path) => !isOpen(path)),
  };
}

/** Left to the runtime's own rules where no flag speaks of devices. */
function deviceResources({ deviceCgroupRules = [] }: PrivilegeOptions, { granted }: PrivilegeFacts) {
  const rules = [...granted.map(({ rule }) => rule), ...deviceCgroupRules.flatMap(parseDeviceRule)];
  return rules.length === 0 ? {} : { devices: [...defaultDeviceRules, ...rules] };
}

function parseOomScore(given: string | number): number {
  const score = Number(given);
  if (/^-?\d+$/.test(`${given}`) && score >= -1000 && score <= 1000) return score;
  const is = /^-?\d+$/.test(`${given}`) ? 'it is out of range' : 'it is no whole number';
  throw optionError({
    code: 'OOM_SCORE_INVALID',
    flag: '--oom-score-adj',
    value: given,
    is,
    expected: '-1000 to 1000',
  });
}

function labelError(label: string) {
  return optionError({
    code: 'SECURITY_OPT_INVALID',
    flag: '--security-opt',
    value: `label=${label}`,
    is: 'gocker sets no SELinux labels, and SELinux is on here',
    expected: 'label=disable',
  });
}

function present<K extends string, T>(key: K, list: readonly T[]): { [key in K]?: readonly T[] } {
  return list.length === 0 ? {} : ({ [key]: list } as { [key in K]?: readonly T[] });
}
