/** Disks: cgroup-v2.rst "IO Interface Files", cgroup-v1/blkio-controller.rst, bfq-iosched.rst; bytes and operations a second. */
import type { LinuxResources, ThrottleDevice } from '../../oci/index.ts';
import type { CgroupVersion, Limit } from './limit.ts';

type BlockIO = NonNullable<LinuxResources['blockIO']>;

const throttles = [
  { field: 'throttleReadBpsDevice', flag: '--device-read-bps', key: 'rbps', v1: 'read_bps' },
  { field: 'throttleWriteBpsDevice', flag: '--device-write-bps', key: 'wbps', v1: 'write_bps' },
  { field: 'throttleReadIOPSDevice', flag: '--device-read-iops', key: 'riops', v1: 'read_iops' },
  { field: 'throttleWriteIOPSDevice', flag: '--device-write-iops', key: 'wiops', v1: 'write_iops' },
] as const satisfies readonly { field: keyof BlockIO; flag: string; key: string; v1: string }[];

export function ioLimits(io: BlockIO = {}, version: CgroupVersion): Limit[] {
  const { weight = 0 } = io;
  return [
    ...(weight > 0 ? [weightLimit(weight, version)] : []),
    ...throttles.flatMap(({ field, flag, key, v1 }) =>
      (io[field] ?? []).map(
        (device): Limit => ({
          controller: 'io',
          field: `blockIO.${field}`,
          flag,
          ...(version === 2
            ? { file: 'io.max', value: `${numbersOf(device)} ${key}=${device.rate > 0 ? device.rate : 'max'}` }
            : { file: `blkio.throttle.${v1}_device`, value: `${numbersOf(device)} ${device.rate}` }),
        }),
      ),
    ),
  ];
}

/** The scheduler bfq has a file of its own, in the spec's range; without it v2 may have the one of io.cost: 1 to 10000. */
function weightLimit(weight: number, version: CgroupVersion): Limit {
  const asked = { controller: 'io', field: 'blockIO.weight', flag: '--blkio-weight' } as const;
  const own = `${weight}`;
  return version === 2
    ? {
        ...asked,
        file: 'io.bfq.weight',
        value: own,
        otherwise: { file: 'io.weight', value: `default ${costWeight(weight)}` },
      }
    : { ...asked, file: 'blkio.bfq.weight', value: own, otherwise: { file: 'blkio.weight', value: own } };
}

/** 10 to 1000 as 1 to 10000: the line that runc and crun have. */
export function costWeight(weight: number): number {
  return Math.floor(1 + ((weight - 10) * 9999) / 990);
}

function numbersOf({ major, minor }: ThrottleDevice): string {
  return `${major}:${minor}`;
}
