/** A container's limits beside its spec: what the host says to them, what the record keeps of them, and docker's view of them. */
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Spec } from '../../oci/index.ts';
import { countsSwap } from '../../runtime/index.ts';
import type { ResourceOptions } from '../options/resource-options.ts';
import { limitError, parseBytes, parseNanoCpus, parseWhole } from './spec/quantity.ts';
import { type ResourceFacts, splitThrottle } from './spec/resources.ts';

export const hostResources: ResourceFacts = { cpus: availableParallelism, countsSwap, blockDevice };

/** In the order of docker's HostConfig. */
const names = [
  'memory',
  'memorySwap',
  'memoryReservation',
  'cpus',
  'cpuShares',
  'cpuQuota',
  'cpuPeriod',
  'cpusetCpus',
  'cpusetMems',
  'pidsLimit',
  'blkioWeight',
  'deviceReadBps',
  'deviceWriteBps',
  'deviceReadIops',
  'deviceWriteIops',
  'cgroupParent',
] as const satisfies readonly (keyof ResourceOptions)[];

/** What was asked for, as it was asked for; nothing where there is nothing. */
export function askedResources(options: ResourceOptions): { readonly resources?: ResourceOptions } {
  const given = names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]] as const]));
  return given.length === 0 ? {} : { resources: Object.fromEntries(given) };
}

/** docker's keys of HostConfig. */
export function resourcesView(asked: ResourceOptions = {}, spec: Spec): Readonly<Record<string, unknown>> {
  const { memory = '0', memoryReservation = '0', cpus = '0', cpuShares = '0', cpuQuota = '0' } = asked;
  const pids = parseWhole(asked.pidsLimit ?? '0', '--pids-limit');
  return {
    CpuShares: parseWhole(cpuShares, '--cpu-shares'),
    Memory: parseBytes(memory, '--memory'),
    NanoCpus: parseNanoCpus(cpus),
    CgroupParent: asked.cgroupParent ?? '',
    BlkioWeight: parseWhole(asked.blkioWeight ?? '0', '--blkio-weight'),
    BlkioDeviceReadBps: throttlesView(asked.deviceReadBps, parseBytes),
    BlkioDeviceWriteBps: throttlesView(asked.deviceWriteBps, parseBytes),
    BlkioDeviceReadIOps: throttlesView(asked.deviceReadIops, parseWhole),
    BlkioDeviceWriteIOps: throttlesView(asked.deviceWriteIops, parseWhole),
    CpuPeriod: parseWhole(asked.cpuPeriod ?? '0', '--cpu-period'),
    CpuQuota: parseWhole(cpuQuota, '--cpu-quota'),
    CpusetCpus: asked.cpusetCpus ?? '',
    CpusetMems: asked.cpusetMems ?? '',
    MemoryReservation: parseBytes(memoryReservation, '--memory-reservation'),
    MemorySwap: spec.linux.resources?.memory?.swap ?? 0,
    PidsLimit: pids > 0 ? pids : null,
  };
}

function throttlesView(texts: readonly string[] | undefined, rateOf: (text: string, flag: string) => number) {
  if (texts === undefined) return null;
  return texts.map((text) => {
    const { path, rate } = splitThrottle(text, '');
    return { Path: path, Rate: rateOf(rate, '') };
  });
}

/** makedev(3) backwards. */
function blockDevice(path: string, flag: string): { major: number; minor: number } {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  if (stat?.isBlockDevice()) {
    const { rdev } = stat;
    const major = ((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & ~0xfffn);
    const minor = (rdev & 0xffn) | ((rdev >> 12n) & ~0xffn);
    return { major: Number(major), minor: Number(minor) };
  }
  const is = stat === undefined ? 'there is no such file' : 'it is no block device';
  throw limitError(flag, path, is, 'a disk, such as /dev/sda');
}
