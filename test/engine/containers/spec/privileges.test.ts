import { expect, test } from 'vitest';
import type { PrivilegeFacts } from '../../../../src/engine/containers/privilege-facts.ts';
import { chooseCapabilities } from '../../../../src/engine/containers/spec/capabilities.ts';
import { parseDevice } from '../../../../src/engine/containers/spec/device-flag.ts';
import { parseDeviceRule } from '../../../../src/engine/containers/spec/device-rules.ts';
import { kernelMounts } from '../../../../src/engine/containers/spec/kernel-mounts.ts';
import { privilegesFor } from '../../../../src/engine/containers/spec/privileges.ts';
import { parseSecurityOpts } from '../../../../src/engine/containers/spec/security-opt.ts';
import { parseSysctls } from '../../../../src/engine/containers/spec/sysctls.ts';
import { parseUlimits } from '../../../../src/engine/containers/spec/ulimits.ts';
import type { PrivilegeOptions } from '../../../../src/engine/options/privilege-options.ts';
import {
  capabilityMask,
  capabilityNames,
  defaultCapabilities,
  defaultMaskedPaths,
} from '../../../../src/runtime/index.ts';

const everything = 2n ** 41n - 1n;
const noResource = everything & ~capabilityMask(['SYS_RESOURCE']);
const facts: PrivilegeFacts = {
  heldCapabilities: everything,
  granted: [],
  hostDevices: [],
  memoryBytes: () => 2 ** 30,
  hasSELinux: () => false,
  readProfile: () => '{}',
};
const root = { uid: 0, gid: 0, additionalGids: [10], home: '/root' };

const mask = (options: PrivilegeOptions, held = everything) =>
  capabilityMask(chooseCapabilities(options, held)).toString(16);

test.each<[PrivilegeOptions, string]>([
  [{}, 'a80425fb'],
  [{ capAdd: ['net_admin'] }, 'a80435fb'],
  [{ capDrop: ['CAP_chown'] }, 'a80425fa'],
  [{ capAdd: ['all'], capDrop: ['chown'] }, '1fffffffffe'],
  [{ capAdd: ['CHOWN'], capDrop: ['ALL'] }, '1'],
  [{ capDrop: ['all'] }, '0'],
  [{ capAdd: ['ALL'], capDrop: ['ALL'] }, '1ffffffffff'],
  [{ capAdd: ['chown'], capDrop: ['chown'] }, 'a80425fb'],
  [{ privileged: true, capDrop: ['ALL'] }, '1ffffffffff'],
])('%j gives the capabilities that docker gives', (options, expected) => expect(mask(options)).toBe(expected));

test('a capability that gocker lacks is an error by name, and is left to the runtime to cut from all', () => {
  expect(() => mask({ capAdd: ['sys_resource'] }, noResource)).toThrow(
    'invalid argument "CAP_SYS_RESOURCE" for "--cap-add"',
  );
  expect(mask({ capAdd: ['ALL'] }, noResource)).toBe('1ffffffffff');
  expect(mask({ capAdd: ['sys_resource'], capDrop: ['net_raw'], privileged: true }, noResource)).toBe('1ffffffffff');
});

test.each([
  [{ capAdd: ['NET_ADMN'] }, '--cap-add', 'Did you mean CAP_NET_ADMIN?'],
  [{ capDrop: ['CAP_CHWON'] }, '--cap-drop', 'Did you mean CAP_CHOWN?'],
  [{ capAdd: ['NET_ADMIN,SYS_ADMIN'] }, '--cap-add', 'such as NET_ADMIN.'],
  [{ privileged: true, capAdd: [''] }, '--cap-add', 'such as NET_ADMIN.'],
])('an unknown capability of %j is refused with the nearest', (options, flag, hint) => {
  const error = thrown(() => chooseCapabilities(options, everything));
  expect(error).toMatchObject({ code: 'CAPABILITY_UNKNOWN', message: expect.stringContaining(`for "${flag}"`) });
  expect(error.hint).toContain(hint);
});

test('a user that isn’t root has the capabilities within reach of setuid programs, and in no other set', () => {
  const { capabilities } = privilegesFor({ capAdd: ['NET_ADMIN'] }, { ...root, uid: 1000 }, facts).process;
  expect(capabilities).toMatchObject({ permitted: [], effective: [], inheritable: [], ambient: [] });
  expect(capabilities?.bounding).toHaveLength(defaultCapabilities.length + 1);
});

test.each<[string, object]>([
  ['no-new-privileges', { noNewPrivileges: true }],
  ['no-new-privileges=true', { noNewPrivileges: true }],
  ['no-new-privileges:true', { noNewPrivileges: true }],
  ['no-new-privileges:false', { noNewPrivileges: false }],
  ['seccomp=unconfined', { seccomp: 'unconfined' }],
  ['seccomp:builtin', { seccomp: 'builtin' }],
  ['seccomp=/a=b:c', { seccomp: '/a=b:c' }],
  ['apparmor=docker-default', { apparmor: 'docker-default' }],
  ['apparmor:unconfined', { apparmor: 'unconfined' }],
  ['label=disable', { label: undefined }],
  ['label:disable', { label: undefined }],
  ['label=level:s0:c1', { label: 'level:s0:c1' }],
  ['systempaths=unconfined', { unmask: ['ALL'] }],
  ['writable-cgroups=true', { writableCgroups: true }],
  ['mask=/a:/b', { mask: ['/a', '/b'] }],
  ['unmask=/proc/kcore', { unmask: ['/proc/kcore'] }],
  ['unmask=ALL', { unmask: ['ALL'] }],
])('--security-opt %s is read as docker reads it', (text, choices) =>
  expect(parseSecurityOpts([text])).toMatchObject(choices),
);

test('of two security options the later wins, and lists of paths grow', () => {
  expect(parseSecurityOpts(['seccomp=unconfined', 'seccomp=builtin', 'mask=/a', 'mask=/b'])).toMatchObject({
    seccomp: 'builtin',
    mask: ['/a', '/b'],
  });
});

test.each([
  'nope',
  'nope=1',
  '',
  '=',
  'seccomp',
  'seccomp=',
  'apparmor',
  'label',
  'label=nope',
  'label=user:',
  'no-new-privileges=nope',
  'no-new-privileges=',
  'systempaths=x',
  'systempaths:unconfined',
  'writable-cgroups=x',
  'writable-cgroups',
  'mask=a',
  'unmask=',
])('--security-opt %j is refused, with what there is', (text) => {
  const error = thrown(() => parseSecurityOpts([text]));
  expect(error).toMatchObject({ code: 'SECURITY_OPT_INVALID' });
  expect(error.message).toContain(`invalid argument ${JSON.stringify(text)} for "--security-opt"`);
  expect(error.message).toContain('(expected ');
});

test('a mistyped security option is told the nearest', () => {
  expect(thrown(() => parseSecurityOpts(['no-new-privilege=true'])).hint).toBe('Did you mean no-new-privileges?');
});

test('a label is ignored where there is no SELinux, and refused where there is', () => {
  const options = { securityOpt: ['label=type:x'] };
  expect(() => privilegesFor(options, root, facts)).not.toThrow();
  expect(() => privilegesFor(options, root, { ...facts, hasSELinux: () => true })).toThrow('SELinux is on here');
});

test('masked and read-only paths open as far as is asked', () => {
  const linux = (...securityOpt: string[]) => privilegesFor({ securityOpt }, root, facts).linux;
  expect(linux('systempaths=unconfined')).toMatchObject({ maskedPaths: [], readonlyPaths: [] });
  expect(linux('unmask=/proc/kcore:/proc/sys').maskedPaths).toEqual(
    defaultMaskedPaths.filter((path) => path !== '/proc/kcore'),
  );
  expect(linux('unmask=/proc/sys').readonlyPaths).not.toContain('/proc/sys');
  expect(linux('mask=/etc/motd').maskedPaths).toEqual([...defaultMaskedPaths, '/etc/motd']);
  expect(privilegesFor({ privileged: true }, root, facts).linux).toEqual({ maskedPaths: [], readonlyPaths: [] });
});

test('a profile of AppArmor goes into the spec, and its absence does not', () => {
  const of = (...securityOpt: string[]) => privilegesFor({ securityOpt }, root, facts).process.apparmorProfile;
  expect([of('apparmor=mine'), of('apparmor=unconfined'), of()]).toEqual(['mine', undefined, undefined]);
});

test.each([
  ['nofile=10', 10, 10],
  ['nofile=10:20', 10, 20],
  ['nofile=-1', 2 ** 63, 2 ** 63],
  ['nofile=10:-1', 10, 2 ** 63],
  ['nofile=0', 0, 0],
])('--ulimit %s is soft, then hard', (text, soft, hard) =>
  expect(parseUlimits([text])).toEqual([{ type: 'RLIMIT_NOFILE', soft, hard }]),
);

test('of two limits on one resource the later wins', () => {
  expect(parseUlimits(['core=1', 'nofile=1', 'core=0'])).toEqual([
    { type: 'RLIMIT_CORE', soft: 0, hard: 0 },
    { type: 'RLIMIT_NOFILE', soft: 1, hard: 1 },
  ]);
});

test.each([
  ['nofile=20:10', 'ulimit soft limit must be less than or equal to hard limit'],
  ['memlock=-1:5', 'ulimit soft limit must be less than or equal to hard limit'],
  ['nope=1', 'invalid ulimit type: nope'],
  ['NOFILE=1', 'invalid ulimit type: NOFILE'],
  ['nofile', 'invalid ulimit argument'],
  ['nofile=', '"" is no limit'],
  ['nofile=a', '"a" is no limit'],
  ['nofile=1.5', '"1.5" is no limit'],
  ['nofile=-2', '"-2" is no limit'],
  ['nofile=1:', '"" is no limit'],
  ['nofile=1:2:3', 'too many limits'],
])('--ulimit %s is refused: %s', (text, message) =>
  expect(() => parseUlimits([text])).toThrow(`invalid argument ${JSON.stringify(text)} for "--ulimit": ${message}`),
);

const own = [{ type: 'network' }, { type: 'ipc' }] as const;

test('sysctls of the container’s own namespaces are taken as they are', () => {
  const texts = ['net.ipv4.ip_forward=1', 'kernel.msgmax=65536', 'fs.mqueue.msg_max=a=b', 'kernel.sem=1 2 3 4'];
  expect(parseSysctls(texts, own)).toEqual({
    'net.ipv4.ip_forward': '1',
    'kernel.msgmax': '65536',
    'fs.mqueue.msg_max': 'a=b',
    'kernel.sem': '1 2 3 4',
  });
});

test.each([
  ['kernel.core_pattern=x', 'sysctl "kernel.core_pattern" is not allowed'],
  ['kernel.hostname=x', 'is not allowed'],
  ['vm.swappiness=1', 'is not allowed'],
  ['net/ipv4/ip_forward=1', 'is not allowed'],
  ['kernel.shmmaxx=1', 'is not allowed'],
  ['net.ipv4.ip_forward', 'it sets nothing'],
  ['=1', 'it sets nothing'],
])('--sysctl %s is refused: %s', (text, message) => {
  const error = thrown(() => parseSysctls([text], own));
  expect(error.code).toBe('SYSCTL_INVALID');
  expect(error.message).toContain(`invalid argument ${JSON.stringify(text)} for "--sysctl"`);
  expect(error.message).toContain(message);
});

test('a sysctl of a namespace that is shared is refused', () => {
  const joined = [{ type: 'ipc', path: '/proc/7/ns/ipc' }] as const;
  expect(() => parseSysctls(['net.ipv4.ip_forward=1'], joined)).toThrow('the network namespace is shared');
  expect(() => parseSysctls(['kernel.msgmax=1'], joined)).toThrow('the ipc namespace is shared');
});

test.each([
  ['/dev/fuse', '/dev/fuse', '/dev/fuse', 'rwm'],
  ['/dev/fuse:r', '/dev/fuse', '/dev/fuse', 'r'],
  ['/dev/fuse:/dev/x', '/dev/fuse', '/dev/x', 'rwm'],
  ['/dev/fuse:/dev/./a//x/:wm', '/dev/fuse', '/dev/a/x', 'wm'],
])('--device %s is source, target and access', (text, source, target, access) =>
  expect(parseDevice(text)).toEqual({ text, source, target, access }),
);

test.each([
  ['', 'bad format for path'],
  ['/dev/fuse:/dev/x:y:z', 'bad format for path'],
  ['/dev/fuse:rwx', 'rwx is not an absolute path'],
  ['/dev/fuse:rr', 'rr is not an absolute path'],
  ['/dev/fuse:/dev/x:rwmx', 'bad mode specified: rwmx'],
  ['/dev/fuse:/dev/x:', 'bad mode specified: '],
  ['dev/fuse', 'dev/fuse is not an absolute path'],
  ['vendor.com/class=name', 'it is the name of a CDI device'],
  ['/dev/fuse:/proc/x', 'no node can be made at /proc/x'],
  ['/dev/fuse:/dev/../sys', 'no node can be made at /sys'],
  ['/dev/fuse:/', 'no node can be made at /'],
])('--device %s is refused: %s', (text, message) =>
  expect(() => parseDevice(text)).toThrow(`invalid argument ${JSON.stringify(text)} for "--device": ${message}`),
);

test.each([
  ['c 1:3 rwm', [{ allow: true, type: 'c', major: 1, minor: 3, access: 'rwm' }]],
  ['b *:* m', [{ allow: true, type: 'b', access: 'm' }]],
  ['c 42:* rmw', [{ allow: true, type: 'c', major: 42, access: 'rmw' }]],
  ['a 1:* r', ['b', 'c'].map((type) => ({ allow: true, type, major: 1, access: 'r' }))],
])('--device-cgroup-rule %s is rules of the runtime spec', (text, rules) =>
  expect(parseDeviceRule(text)).toEqual(rules),
);

test.each(['', 'x 1:1 r', 'c 1:1', 'c 1 r', 'c 1:1 rwx', 'c 1:1 ', 'c 5000:1 r', 'c 1:1 rwmr', ' c 1:1 r'])(
  '--device-cgroup-rule %j is refused',
  (text) => expect(() => parseDeviceRule(text)).toThrow('invalid device cgroup format'),
);

test('rules for devices come after docker’s own, and a privileged container has but one', () => {
  const device = { path: '/dev/fuse', type: 'c', major: 10, minor: 229 } as const;
  const rule = { allow: true, type: 'c', major: 10, minor: 229, access: 'r' } as const;
  const given = { ...facts, granted: [{ device, rule }] };
  const { linux, resources } = privilegesFor({ deviceCgroupRules: ['c 1:1 r'] }, root, given);
  expect(linux.devices).toEqual([device]);
  expect(resources.devices?.[0]).toEqual({ allow: false, access: 'rwm' });
  expect(resources.devices?.slice(-2)).toEqual([rule, { allow: true, type: 'c', major: 1, minor: 1, access: 'r' }]);
  expect(privilegesFor({}, root, facts).resources).toEqual({});
  expect(privilegesFor({ privileged: true }, root, given).resources.devices).toEqual([{ allow: true, access: 'rwm' }]);
});

test('/dev/shm has the size that is asked for, and no more than there is', () => {
  const size = (shmSize: string | number) =>
    kernelMounts({ shmSize }, () => 2 ** 30)
      .find(({ destination }) => destination === '/dev/shm')
      ?.options?.find((word) => word.startsWith('size='));
  expect([size('1.5m'), size(4096), size('1'), size('0'), size('1g')]).toEqual([
    'size=1536k',
    'size=4k',
    'size=1k',
    'size=65536k',
    'size=1048576k',
  ]);
  for (const wrong of ['-1', 'abc', '']) expect(() => size(wrong)).toThrow('invalid size');
  expect(() => size('1025m')).toThrow('(expected at most 1024m)');
});

test('sysfs and cgroups are writable for who is privileged, cgroups alone for who asks for that', () => {
  const readOnly = (options: PrivilegeOptions) =>
    kernelMounts(options, () => 0).flatMap(({ destination, options: words }) =>
      words?.includes('ro') ? destination : [],
    );
  expect(readOnly({})).toEqual(['/sys', '/sys/fs/cgroup']);
  expect(readOnly({ securityOpt: ['writable-cgroups=true'] })).toEqual(['/sys']);
  expect(readOnly({ privileged: true })).toEqual([]);
});

test.each<[string | number, number]>([
  [-1000, -1000],
  ['1000', 1000],
  ['0', 0],
])('--oom-score-adj %s is taken', (given, score) =>
  expect(privilegesFor({ oomScoreAdj: given }, root, facts).process.oomScoreAdj).toBe(score),
);

test.each<string | number>([1001, '-1001', 'abc', '1.5', '', ' 1', '0x10'])('--oom-score-adj %s is refused', (given) =>
  expect(() => privilegesFor({ oomScoreAdj: given }, root, facts)).toThrow('for "--oom-score-adj"'),
);

test('privileged is every capability that the kernel names', () => {
  expect(privilegesFor({ privileged: true }, root, facts).process.capabilities?.bounding).toEqual(capabilityNames);
});

function thrown(act: () => unknown): { code?: string; message: string; hint?: string } {
  try {
    act();
  } catch (error) {
    return error as { message: string };
  }
  throw new Error('nothing was thrown');
}
