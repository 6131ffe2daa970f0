/** What a container may use of the machine: its cgroup and the limits on it, by docker's rules. Pure but for what it asks of the host. */
import type { LinuxResources, ThrottleDevice } from '../../../oci/index.ts';
import type { ResourceOptions } from '../../options/resource-options.ts';
import { limitError, parseBytes, parseNanoCpus, parseWhole } from './quantity.ts';

/** Asked only where a limit depends on it. */
export interface ResourceFacts {
  readonly cpus: () => number;
  /** Whether the kernel can limit swap. */
  readonly countsSwap: () => boolean;
  /** @throws GockerError where it is no block device */
  readonly blockDevice: (path: string, flag: string) => { readonly major: number; readonly minor: number };
}

/** Relative to where cgroups are mounted. */
export function cgroupOf(id: string, parent = 'gocker'): string {
  return `${parent}/${id}`;
}

const leastMemory = 6 * 1024 ** 2;
const cpuPeriod = 100_000;

/** @throws GockerError `LIMIT_INVALID`, which names the flag */
export function resourcesFor(options: ResourceOptions, facts: ResourceFacts): { resources?: LinuxResources } {
  const parts = {
    memory: memoryFor(options, facts),
    cpu: cpuFor(options, facts),
    pids: pidsFor(options),
    blockIO: blockIOFor(options, facts),
  };
  const resources = Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
  return Object.keys(resources).length === 0 ? {} : { resources };
}

function memoryFor(options: ResourceOptions, facts: ResourceFacts): LinuxResources['memory'] {
  const { memory = '0', memorySwap = '0', memoryReservation = '0' } = options;
  const limit = parseBytes(memory, '--memory');
  const swap = memorySwap === '-1' ? -1 : parseBytes(memorySwap, '--memory-swap');
  const reservation = parseBytes(memoryReservation, '--memory-reservation');
  if (limit > 0 && limit < leastMemory) {
    throw limitError('--memory', memory, 'minimum memory limit allowed is 6MB', '6m or more');
  }
  if (swap > 0 && limit === 0) {
    const is = 'you should always set the memory limit when using the memory-swap limit';
    throw limitError('--memory-swap', memorySwap, is, '--memory with it');
  }
  if (swap > 0 && swap < limit) {
    const is = 'minimum memoryswap limit should be larger than memory limit';
    throw limitError('--memory-swap', memorySwap, is, `${memory} or more: it is memory and swap together`);
  }
  if (reservation > 0 && reservation < leastMemory) {
    const is = 'minimum memory reservation allowed is 6MB';
    throw limitError('--memory-reservation', memoryReservation, is, '6m or more');
  }
  if (limit > 0 && reservation > limit) {
    const is = 'minimum memory limit can not be less than memory reservation limit';
    throw limitError('--memory-reservation', memoryReservation, is, `at most ${memory}`);
  }
  if (limit === 0 && swap === 0 && reservation === 0) return undefined;
  const total = swap === 0 && limit > 0 && facts.countsSwap() ? 2 * limit : swap;
  return present({ limit, swap: total, reservation });
}

function cpuFor(options: ResourceOptions, facts: ResourceFacts): LinuxResources['cpu'] {
  const { cpuShares = '0', cpuPeriod: period = '0', cpusetCpus = '', cpusetMems = '' } = options;
  const shares = parseWhole(cpuShares, '--cpu-shares');
  if (shares !== 0 && shares < 2)
    throw limitError('--cpu-shares', cpuShares, 'the minimum allowed cpu-shares is 2', '2 to 262144');
  if (shares > 262_144)
    throw limitError('--cpu-shares', cpuShares, 'the maximum allowed cpu-shares is 262144', '2 to 262144');
  const time = options.cpus === undefined ? quotaFor(options) : cpuTimeFor(options.cpus, options, facts);
  if (shares === 0 && time.quota === 0 && time.period === 0 && cpusetCpus === '' && cpusetMems === '') return undefined;
  checkPeriod(time.period, period);
  return {
    ...present({ shares, ...time }),
    ...(cpusetCpus === '' ? {} : { cpus: cpusetCpus }),
    ...(cpusetMems === '' ? {} : { mems: cpusetMems }),
  };
}

interface CpuTime {
  readonly quota: number;
  readonly period: number;
}

function cpuTimeFor(cpus: string, options: ResourceOptions, facts: ResourceFacts): CpuTime {
  const nano = parseNanoCpus(cpus);
  if (nano === 0) return quotaFor(options);
  for (const [flag, value] of [
    ['--cpu-period', options.cpuPeriod],
    ['--cpu-quota', options.cpuQuota],
  ] as const) {
    if (value === undefined || value === '0') continue;
    throw limitError(flag, value, 'conflicting options: --cpus says the same', 'one of the two');
  }
  const most = facts.cpus();
  if (nano < 1e7 || nano > most * 1e9) {
    const is = `range of CPUs is from 0.01 to ${most}.00, as there are only ${most} CPUs available`;
    throw limitError('--cpus', cpus, is, `0.01 to ${most}`);
  }
  return { quota: Math.trunc((nano * cpuPeriod) / 1e9), period: cpuPeriod };
}

function quotaFor({ cpuQuota = '0', cpuPeriod: period = '0' }: ResourceOptions): CpuTime {
  const quota = parseWhole(cpuQuota, '--cpu-quota');
  if (quota > 0 && quota < 1000) {
    const is = 'CPU cfs quota cannot be less than 1ms (i.e. 1000)';
    throw limitError('--cpu-quota', cpuQuota, is, '1000 or more');
  }
  return { quota: Math.max(quota, -1), period: parseWhole(period, '--cpu-period') };
}

function checkPeriod(period: number, text: string): void {
  if (period === 0 || (period >= 1000 && period <= 1_000_000)) return;
  const is = 'CPU cfs period cannot be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)';
  throw limitError('--cpu-period', text, is, '1000 to 1000000');
}

/** A new cgroup has no limit: none has to be said. */
function pidsFor({ pidsLimit = '0' }: ResourceOptions): LinuxResources['pids'] {
  const limit = parseWhole(pidsLimit, '--pids-limit');
  return limit > 0 ? { limit } : undefined;
}

function blockIOFor(options: ResourceOptions, facts: ResourceFacts): LinuxResources['blockIO'] {
  const { blkioWeight = '0', deviceReadBps, deviceWriteBps, deviceReadIops, deviceWriteIops } = options;
  const weight = parseWhole(blkioWeight, '--blkio-weight');
  if (weight !== 0 && (weight < 10 || weight > 1000)) {
    throw limitError('--blkio-weight', blkioWeight, 'range of blkio weight is from 10 to 1000', '10 to 1000');
  }
  const throttles = {
    throttleReadBpsDevice: throttlesFor(deviceReadBps, { flag: '--device-read-bps', rate: parseBytes, facts }),
    throttleWriteBpsDevice: throttlesFor(deviceWriteBps, { flag: '--device-write-bps', rate: parseBytes, facts }),
    throttleReadIOPSDevice: throttlesFor(deviceReadIops, { flag: '--device-read-iops', rate: parseWhole, facts }),
    throttleWriteIOPSDevice: throttlesFor(deviceWriteIops, { flag: '--device-write-iops', rate: parseWhole, facts }),
  };
  const given = Object.entries(throttles).filter(([, devices]) => devices.length > 0);
  if (weight === 0 && given.length === 0) return undefined;
  return { ...present({ weight }), ...Object.fromEntries(given) };
}

interface Throttle {
  readonly flag: string;
  readonly rate: (text: string, flag: string) => number;
  readonly facts: ResourceFacts;
}

function throttlesFor(texts: readonly string[] = [], { flag, rate, facts }: Throttle): ThrottleDevice[] {
  return texts.map((text) => {
    const { path, rate: given } = splitThrottle(text, flag);
    const number = rate(given, flag);
    if (number <= 0) throw limitError(flag, text, 'the rate must be positive', 'DEVICE:RATE, such as /dev/sda:1mb');
    return { ...facts.blockDevice(path, flag), rate: number };
  });
}

/** @throws GockerError `LIMIT_INVALID` */
export function splitThrottle(text: string, flag: string): { readonly path: string; readonly rate: string } {
  const colon = text.lastIndexOf(':');
  const path = text.slice(0, Math.max(colon, 0));
  if (!path.startsWith('/dev/')) {
    throw limitError(flag, text, 'bad format for device path', 'DEVICE:RATE, such as /dev/sda:1mb');
  }
  return { path, rate: text.slice(colon + 1) };
}

/** What is not 0. */
function present<K extends string>(numbers: Readonly<Record<K, number>>): Partial<Record<K, number>> {
  return Object.fromEntries(Object.entries(numbers).filter(([, number]) => number !== 0)) as Partial<Record<K, number>>;
}
