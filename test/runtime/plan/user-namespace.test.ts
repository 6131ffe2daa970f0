import { expect, test } from 'vitest';
import { defaultNamespaces, type PlanInput } from '../../../src/runtime/index.ts';
import { joinedNamespaces, namespaceFlags } from '../../../src/runtime/plan/namespaces.ts';
import { holderFlags, hostID } from '../../../src/runtime/plan/user-namespace.ts';
import { birth } from '../../../src/syscall/index.ts';
import { layOut } from '../../../src/syscall/tape/layout.ts';
import { expectOrder, host, placeOf, plan, type SpecChanges, specOf, textOf } from './plan-support.ts';

const mappings = [{ containerID: 0, hostID: 300_000, size: 1000 }];
const user = { type: 'user' } as const;

function remapped({ linux, ...changes }: SpecChanges = {}): SpecChanges {
  const namespaces = [...defaultNamespaces('private'), user];
  return { ...changes, linux: { namespaces, uidMappings: mappings, gidMappings: mappings, ...linux } };
}

const inUserNamespace = (changes?: SpecChanges, input?: Partial<PlanInput>) => textOf(plan(remapped(changes), input));

test('planContainer() does with the host’s rights what needs them, and the rest with the container’s', () => {
  const lines = inUserNamespace();
  expectOrder(lines, [
    /^recvfrom\(<lifeline>/,
    /^openat\(<holder>, "uid_map"/,
    /^write\(<uid_map>, "0 300000 1000\\n", 14\)/,
    /^openat\(<holder>, "gid_map"/,
    /^openat\(<holder>, "ns\/user"/,
    /^bpf\(BPF_PROG_ATTACH/,
    /^mount\(NULL, "\/", NULL, MS_REC\|MS_SLAVE/,
    /^prctl\(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP/,
    /^setfsgid\(300000\)/,
    /^setfsuid\(300000\)/,
    /^mknodat\(<\/dev>, "null"/,
    /^mount\("overlay"/,
    /^fchown\(<stdout>, 300000, -1\)/,
    /^setns\(<pidfd of the holder>, CLONE_NEWUSER\|CLONE_NEWNET\)/,
    /^setgroups\(0/,
    /^setresgid\(0, 0, 0\)/,
    /^setresuid\(0, 0, 0\)/,
    /^clone3\(\{flags=CLONE_PARENT\|CLONE_NEWNS\|CLONE_NEWUTS\|CLONE_NEWIPC\|CLONE_NEWPID\|CLONE_NEWCGROUP/,
    /^fsopen\("proc"/,
    /^move_mount\(<rootfs>, "", AT_FDCWD, "\/"/,
    /^pivot_root/,
    /^execve/,
  ]);
  const entered = placeOf(lines, /^setns\(<pidfd of the holder>/);
  for (const type of ['proc', 'sysfs', 'mqueue', 'cgroup2', 'devpts']) {
    expect(placeOf(lines, new RegExp(`^fsopen\\("${type}"`)), type).toBeGreaterThan(entered);
  }
  expect(namespaceFlags(specOf(remapped()))).toEqual(['CLONE_NEWNS']);
  expect(holderFlags(specOf(remapped()))).toEqual(['CLONE_NEWUSER', 'CLONE_NEWNET']);
});

test('planContainer() idmaps each directory that layers are in once, and that of the changes, before they are stacked', () => {
  const lowerdirs = ['/s/layers/3', '/s/layers/2', '/t/1'];
  const rootfs = {
    kind: 'overlay',
    lowerdirs,
    writable: { upperdir: '/s/box/upper', workdir: '/s/box/work' },
  } as const;
  const lines = inUserNamespace({}, { rootfs });
  const mapped = lines.filter((line) => line.includes('attr_set=MOUNT_ATTR_IDMAP'));
  expect(mapped.map((line) => line.split(',')[0])).toEqual(
    ['lower0', 'lower1', 'own'].map((name) => `mount_setattr(<${name}>`),
  );
  expect(lines).toContain('open_tree(AT_FDCWD, "/s/layers", OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC)');
  expect(lines).toContain('symlinkat("lower1/1", <layers>, "2")');
  expect(lines).toContain(
    'mount("overlay", "rootfs", "overlay", 0, "lowerdir=0:1:2,upperdir=own/upper,workdir=own/work")',
  );
});

test('planContainer() leaves with the host’s rights what shows a namespace of the host', () => {
  const own = defaultNamespaces('private').filter(({ type }) => type !== 'pid' && type !== 'network');
  const lines = inUserNamespace({ linux: { namespaces: [...own, user], sysctl: {} } });
  const entered = placeOf(lines, /^setns\(<pidfd of the holder>, CLONE_NEWUSER\)/);
  expect(placeOf(lines, /^fsopen\("proc"/)).toBeLessThan(entered);
  expect(placeOf(lines, /^fsopen\("sysfs"/)).toBeLessThan(entered);
  expect(placeOf(lines, /^fsopen\("mqueue"/)).toBeGreaterThan(entered);
});

test('planContainer() joins a user namespace that is shared, without a holder or maps to write', () => {
  const namespaces = [{ ...user, path: '/proc/7/ns/user' }, ...defaultNamespaces('private')];
  const lines = inUserNamespace({ linux: { namespaces } });
  expectOrder(lines, [
    /^mount_setattr\(<own>.*userns_fd=<user namespace>/,
    /^setns\(<user namespace>, CLONE_NEWUSER\)/,
    /^clone3\(.*CLONE_NEWNET/,
  ]);
  expect(lines.join()).not.toContain('uid_map');
  const spec = specOf(remapped({ linux: { namespaces } }));
  expect(holderFlags(spec)).toBeUndefined();
  expect(joinedNamespaces(spec)).toEqual([{ name: 'user namespace', path: '/proc/7/ns/user' }]);
});

test('planContainer() makes a plan with a user namespace that can be laid out on both architectures', () => {
  const names = [
    'stdin',
    'stdout',
    'stderr',
    'cgroup',
    'lifeline',
    "parent's lifeline",
    'tape',
    'tape file',
    'holder',
    'pidfd of the holder',
  ];
  const given = Object.fromEntries(names.map((name, index) => [name, index + 10]));
  for (const architecture of ['x64', 'arm64'] as const) {
    expect(layOut(plan(remapped()), { architecture, clone: birth({}), given }).image.size).toBeGreaterThan(1000);
  }
});

test('planContainer() gives all powers that the spec names, whatever the host’s gocker has', () => {
  const lines = inUserNamespace({}, { host: { ...host, capabilities: 1n } });
  expect(lines.find((line) => line.startsWith('capset'))).toContain('permitted=0xa80425fb');
});

test.each([
  ['no mappings', { linux: { uidMappings: [] } }, 'NAMESPACE_UNSUPPORTED', 'uidMappings'],
  ['a user outside', { process: { user: { uid: 1000, gid: 0 } } }, 'SPEC_INVALID', 'no id 1000 (expected 0 to 999)'],
  ['a group outside', { process: { user: { uid: 0, gid: 0, additionalGids: [5000] } } }, 'SPEC_INVALID', 'no id 5000'],
  [
    'a pid namespace of another',
    { linux: { namespaces: [{ type: 'mount' as const }, user, { type: 'pid' as const, path: '/proc/7/ns/pid' }] } },
    'NAMESPACE_UNSUPPORTED',
    'share that user namespace too',
  ],
  [
    'an idmapped tmpfs',
    { mounts: [{ destination: '/x', type: 'tmpfs', options: ['idmap'] }] },
    'MOUNT_INVALID',
    'it is no bind',
  ],
  [
    'a mapping of a mount’s own',
    {
      mounts: [
        {
          destination: '/x',
          source: '/y',
          options: ['bind', 'idmap'],
          uidMappings: [{ containerID: 0, hostID: 1, size: 1 }],
        },
      ],
    },
    'MOUNT_INVALID',
    'mappings of its own',
  ],
])('planContainer() refuses a user namespace with %s', (_, changes, code, message) => {
  expect(() => inUserNamespace(changes)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  );
});

test('planContainer() refuses an idmapped mount where there is no user namespace', () => {
  const mounts = [{ destination: '/x', source: '/y', options: ['bind', 'idmap'] }];
  expect(() => plan({ mounts })).toThrow('there is no user namespace to map to');
});

test('hostID() finds an id in any of the mappings', () => {
  const two = [...mappings, { containerID: 5000, hostID: 7, size: 2 }];
  expect([hostID(two, 0, ''), hostID(two, 999, ''), hostID(two, 5001, '')]).toEqual([300_000, 300_999, 8]);
});
