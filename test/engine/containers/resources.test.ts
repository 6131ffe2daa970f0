import { expect, test } from 'vitest';
import { type ResourceFacts, resourcesFor } from '../../../src/engine/containers/spec/resources.ts';
import type { ResourceOptions } from '../../../src/engine/index.ts';

const facts: ResourceFacts = {
  cpus: () => 2,
  countsSwap: () => true,
  blockDevice: () => ({ major: 8, minor: 0 }),
};
const resources = (options: ResourceOptions, more: Partial<ResourceFacts> = {}) =>
  resourcesFor(options, { ...facts, ...more }).resources;

const m = 1024 ** 2;

test('nothing is limited where nothing is said, or 0', () => {
  expect(resourcesFor({}, facts)).toEqual({});
  const zeros = {
    memory: '0',
    memorySwap: '0',
    cpus: '0',
    cpuShares: '0',
    cpuQuota: '0',
    pidsLimit: '0',
    blkioWeight: '0',
  };
  expect(resourcesFor(zeros, facts)).toEqual({});
  expect(resourcesFor({ pidsLimit: '-1' }, facts)).toEqual({});
});

test('swap is twice the memory where nobody says how much, and the kernel can tell', () => {
  expect(resources({ memory: '64m' })?.memory).toEqual({ limit: 64 * m, swap: 128 * m });
  expect(resources({ memory: '64m' }, { countsSwap: () => false })?.memory).toEqual({ limit: 64 * m });
  expect(resources({ memory: '64m', memorySwap: '-1' })?.memory).toEqual({ limit: 64 * m, swap: -1 });
  expect(resources({ memory: '64m', memorySwap: '64m' })?.memory).toEqual({ limit: 64 * m, swap: 64 * m });
});

test('CPUs become a quota of a tenth of a second', () => {
  expect(resources({ cpus: '1.5' })?.cpu).toEqual({ quota: 150_000, period: 100_000 });
  expect(resources({ cpuQuota: '5000', cpuPeriod: '20000', cpuShares: '512' })?.cpu).toEqual({
    shares: 512,
    quota: 5000,
    period: 20_000,
  });
  expect(resources({ cpusetCpus: '0-1', cpusetMems: '0' })?.cpu).toEqual({ cpus: '0-1', mems: '0' });
});

test('throttles name the device by its numbers', () => {
  expect(resources({ deviceReadBps: ['/dev/sda:1mb'], deviceWriteIops: ['/dev/sda:100'], blkioWeight: '300' })).toEqual(
    {
      blockIO: {
        weight: 300,
        throttleReadBpsDevice: [{ major: 8, minor: 0, rate: m }],
        throttleWriteIOPSDevice: [{ major: 8, minor: 0, rate: 100 }],
      },
    },
  );
});

test.each<[ResourceOptions, string]>([
  [{ memory: '4m' }, '"4m" for "--memory": minimum memory limit allowed is 6MB'],
  [{ memory: '64x' }, '"64x" for "--memory": invalid size'],
  [{ memory: '-1' }, '"-1" for "--memory": invalid size'],
  [{ memory: '99999999p' }, 'invalid size'],
  [{ memorySwap: '64m' }, 'you should always set the memory limit'],
  [{ memory: '64m', memorySwap: '32m' }, '"32m" for "--memory-swap"'],
  [{ memory: '64m', memoryReservation: '128m' }, '"128m" for "--memory-reservation"'],
  [{ memoryReservation: '1m' }, 'minimum memory reservation allowed is 6MB'],
  [{ cpus: '3' }, 'as there are only 2 CPUs available'],
  [{ cpus: '0.001' }, 'range of CPUs is from 0.01 to 2.00'],
  [{ cpus: 'two' }, '"two" for "--cpus"'],
  [{ cpus: '0.1234567891' }, 'too precise'],
  [{ cpus: '1', cpuQuota: '5000' }, '"5000" for "--cpu-quota": conflicting options'],
  [{ cpus: '1', cpuPeriod: '5000' }, '"5000" for "--cpu-period": conflicting options'],
  [{ cpuQuota: '999' }, 'cannot be less than 1ms'],
  [{ cpuPeriod: '999' }, 'cannot be less than 1ms'],
  [{ cpuPeriod: '1000001' }, 'larger than 1s'],
  [{ cpuShares: '1' }, 'the minimum allowed cpu-shares is 2'],
  [{ cpuShares: '-3' }, 'the minimum allowed cpu-shares is 2'],
  [{ cpuShares: '262145' }, 'the maximum allowed cpu-shares is 262144'],
  [{ cpuShares: '1.5' }, '"1.5" for "--cpu-shares": invalid syntax'],
  [{ pidsLimit: 'many' }, '"many" for "--pids-limit": invalid syntax'],
  [{ blkioWeight: '9' }, 'from 10 to 1000'],
  [{ blkioWeight: '1001' }, 'from 10 to 1000'],
  [{ deviceReadBps: ['sda:1m'] }, 'bad format for device path'],
  [{ deviceReadBps: ['/dev/sda'] }, 'bad format for device path'],
  [{ deviceWriteBps: ['/dev/sda:0'] }, 'the rate must be positive'],
  [{ deviceReadIops: ['/dev/sda:1m'] }, '"1m" for "--device-read-iops": invalid syntax'],
])('%j is refused: %s', (options, message) => {
  expect(() => resourcesFor(options, facts)).toThrow(message);
});
