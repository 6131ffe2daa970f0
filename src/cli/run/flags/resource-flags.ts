/** Flags of `run` on what the container may use of the machine. */
import type { ResourceOptions } from '../../../engine/index.ts';
import type { Flags, Options } from '../../command.ts';
import { present } from './present.ts';

export const resourceFlags = {
  blkioWeight: {
    flags: '--blkio-weight <weight>',
    kind: 'text',
    description: 'Weight against others when a disk is short: 10 to 1000',
  },
  cgroupParent: { flags: '--cgroup-parent <path>', kind: 'text', description: "The cgroup above the container's own" },
  cpuPeriod: { flags: '--cpu-period <us>', kind: 'text', description: 'Length of the period that --cpu-quota is of' },
  cpuQuota: { flags: '--cpu-quota <us>', kind: 'text', description: 'CPU time in each period, in microseconds' },
  cpuShares: {
    flags: '-c, --cpu-shares <weight>',
    kind: 'text',
    description: 'Weight against others when CPUs are short (default: 1024)',
  },
  cpus: { flags: '--cpus <number>', kind: 'text', description: 'How many CPUs it may use: 1.5' },
  cpusetCpus: { flags: '--cpuset-cpus <list>', kind: 'text', description: 'Which CPUs it may use: 0-3, 0,1' },
  cpusetMems: { flags: '--cpuset-mems <list>', kind: 'text', description: 'Which memory nodes it may use: 0-3, 0,1' },
  deviceReadBps: {
    flags: '--device-read-bps <list>',
    kind: 'list',
    description: 'Bytes a second to read from a disk: /dev/sda:1mb',
  },
  deviceReadIops: {
    flags: '--device-read-iops <list>',
    kind: 'list',
    description: 'Reads a second from a disk: /dev/sda:1000',
  },
  deviceWriteBps: {
    flags: '--device-write-bps <list>',
    kind: 'list',
    description: 'Bytes a second to write to a disk: /dev/sda:1mb',
  },
  deviceWriteIops: {
    flags: '--device-write-iops <list>',
    kind: 'list',
    description: 'Writes a second to a disk: /dev/sda:1000',
  },
  memory: { flags: '-m, --memory <bytes>', kind: 'text', description: 'How much memory it may use: 64m, 1g' },
  memoryReservation: {
    flags: '--memory-reservation <bytes>',
    kind: 'text',
    description: 'Memory that is left to it when the machine runs short',
  },
  memorySwap: {
    flags: '--memory-swap <bytes>',
    kind: 'text',
    description: 'Memory and swap together; -1 for all swap there is (default: twice the memory)',
  },
  pidsLimit: {
    flags: '--pids-limit <number>',
    kind: 'text',
    description: 'How many processes and threads it may have; -1 for no limit',
  },
} as const satisfies Options;

export function readResourceOptions(flags: Flags<typeof resourceFlags>): ResourceOptions {
  const { deviceReadBps, deviceReadIops, deviceWriteBps, deviceWriteIops, ...texts } = flags;
  const lists = { deviceReadBps, deviceReadIops, deviceWriteBps, deviceWriteIops };
  return {
    ...present(pick(texts)),
    ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)),
  };
}

/** `flags` has those of other topics too. */
function pick(flags: Omit<Flags<typeof resourceFlags>, `device${string}`>) {
  const { blkioWeight, cgroupParent, cpuPeriod, cpuQuota, cpuShares, cpus, cpusetCpus, cpusetMems } = flags;
  const { memory, memoryReservation, memorySwap, pidsLimit } = flags;
  return {
    ...{ blkioWeight, cgroupParent, cpuPeriod, cpuQuota, cpuShares, cpus, cpusetCpus, cpusetMems },
    ...{ memory, memoryReservation, memorySwap, pidsLimit },
  };
}
