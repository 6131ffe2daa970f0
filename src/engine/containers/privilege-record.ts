/** What was asked for of a container's privileges: as its record keeps it, and as `inspect` shows it, with docker's keys. */
import type { Spec } from '../../oci/index.ts';
import type { PrivilegeOptions } from '../options/privilege-options.ts';
import type { ContainerRecord } from './record.ts';
import { normalName } from './spec/capabilities.ts';
import { parseDevice } from './spec/device-flag.ts';
import { unlimited } from './spec/ulimits.ts';

const keys = [
  'privileged',
  'capAdd',
  'capDrop',
  'securityOpt',
  'sysctls',
  'groupAdd',
  'devices',
  'deviceCgroupRules',
] as const satisfies readonly (keyof PrivilegeOptions)[];

/** What the runtime spec doesn't tell; nothing where nothing was asked for. */
export function privilegesOf(options: PrivilegeOptions): { privileges?: PrivilegeOptions } {
  const given = keys.filter((key) => options[key] !== undefined).map((key) => [key, options[key]]);
  return given.length === 0 ? {} : { privileges: Object.fromEntries(given) as PrivilegeOptions };
}

/** A part of HostConfig. */
export function inspectPrivileges({ privileges = {} }: ContainerRecord, spec: Spec): Readonly<Record<string, unknown>> {
  const { capAdd, capDrop, securityOpt, groupAdd, devices = [], deviceCgroupRules } = privileges;
  const isPrivileged = privileges.privileged === true;
  const { maskedPaths = [], readonlyPaths = [] } = spec.linux;
  const options = (securityOpt ?? []).filter((option) => !option.startsWith('systempaths='));
  return {
    CapAdd: capAdd?.map(normalName) ?? null,
    CapDrop: capDrop?.map(normalName) ?? null,
    GroupAdd: groupAdd ?? null,
    OomScoreAdj: spec.process.oomScoreAdj ?? 0,
    Privileged: isPrivileged,
    SecurityOpt: isPrivileged
      ? [...new Set([...options, 'label=disable'])]
      : securityOpt === undefined
        ? null
        : options,
    ShmSize: shmBytes(spec),
    ...(privileges.sysctls === undefined ? {} : { Sysctls: Object.fromEntries(privileges.sysctls.map(keyAndValue)) }),
    Devices: devices.map(parseDevice).map(({ source, target, access }) => ({
      PathOnHost: source,
      PathInContainer: target,
      CgroupPermissions: access,
    })),
    DeviceCgroupRules: deviceCgroupRules ?? null,
    Ulimits: (spec.process.rlimits ?? []).map(({ type, soft, hard }) => ({
      Name: type.slice('RLIMIT_'.length).toLowerCase(),
      Hard: hard >= unlimited ? -1 : hard,
      Soft: soft >= unlimited ? -1 : soft,
    })),
    MaskedPaths: isPrivileged ? null : maskedPaths,
    ReadonlyPaths: isPrivileged ? null : readonlyPaths,
  };
}

function keyAndValue(text: string): [key: string, value: string] {
  const equals = text.indexOf('=');
  return [text.slice(0, equals), text.slice(equals + 1)];
}

/** What it would have: where memory is shared with somebody, or with nobody, docker tells its default as well. */
function shmBytes({ mounts = [] }: Spec): number {
  const words = mounts.find(({ destination }) => destination === '/dev/shm')?.options ?? [];
  const kilobytes = /^size=(\d+)k$/.exec(words.find((word) => word.startsWith('size=')) ?? '')?.[1];
  return Number(kilobytes ?? 65_536) * 1024;
}
