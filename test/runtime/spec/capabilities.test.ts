import { expect, test } from 'vitest';
import {
  capabilitiesIn,
  capabilityMask,
  capabilityNumber,
  defaultCapabilities,
} from '../../../src/runtime/spec/capabilities.ts';

test('the default set is the mask that docker’s containers show in /proc/self/status', () => {
  expect(defaultCapabilities).toHaveLength(14);
  expect(capabilityMask(defaultCapabilities).toString(16).padStart(16, '0')).toBe('00000000a80425fb');
});

test('capabilityNumber() knows the numbers of linux/capability.h', () => {
  expect(['CAP_CHOWN', 'CAP_SYS_ADMIN', 'CAP_SYS_RESOURCE', 'CAP_MKNOD', 'CAP_BPF'].map(capabilityNumber)).toEqual([
    0, 21, 24, 27, 39,
  ]);
  expect(capabilityNumber('CAP_CHECKPOINT_RESTORE')).toBe(40);
});

test('capabilityNumber() takes docker’s short and lower-case spellings', () => {
  expect(capabilityNumber('net_admin')).toBe(capabilityNumber('CAP_NET_ADMIN'));
});

test('capabilityNumber() names the capability that there is none of', () => {
  expect(() => capabilityNumber('CAP_FLY')).toThrow(/"CAP_FLY": there is none of that name/);
  expect(() => capabilityNumber('__proto__')).toThrow(/there is none/);
});

test('capabilitiesIn() undoes capabilityMask(), and numbers what has no name yet', () => {
  expect(capabilitiesIn(capabilityMask(['CAP_KILL', 'CAP_BPF']))).toEqual(['CAP_KILL', 'CAP_BPF']);
  expect(capabilitiesIn(1n << 63n)).toEqual(['CAP_63']);
  expect(capabilitiesIn(0n)).toEqual([]);
});
