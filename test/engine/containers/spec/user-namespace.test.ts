import { expect, test } from 'vitest';
import { withUserNamespace } from '../../../../src/engine/containers/spec/user-namespace.ts';
import type { Spec } from '../../../../src/oci/index.ts';
import { defaultSysctls } from '../../../../src/runtime/index.ts';

const spec: Spec = {
  ociVersion: '1.2.1',
  process: { cwd: '/', args: ['true'], user: { uid: 0, gid: 0 } },
  root: { path: 'rootfs' },
  mounts: [
    { destination: '/etc/hosts', type: 'bind', source: '/g/containers/a/hosts', options: ['bind'] },
    { destination: '/data', type: 'bind', source: '/g/containers-of-mine', options: ['rbind'] },
    { destination: '/tmp', type: 'tmpfs', source: '/g/containers/x' },
  ],
  linux: { namespaces: [{ type: 'mount' }], sysctl: defaultSysctls('private') },
};
const facts = { ids: { start: 5000, size: 100 }, ownDirectories: ['/g/containers'] };

test('withUserNamespace() maps the ids, and idmaps what is gocker’s own and nothing else', () => {
  const { linux, mounts = [] } = withUserNamespace(spec, facts);
  expect(linux.namespaces).toEqual([{ type: 'user' }, { type: 'mount' }]);
  expect(linux.uidMappings).toEqual([{ containerID: 0, hostID: 5000, size: 100 }]);
  expect(linux.gidMappings).toEqual(linux.uidMappings);
  expect(mounts.map(({ options }) => options)).toEqual([['bind', 'idmap'], ['rbind'], undefined]);
});

test('withUserNamespace() cuts the groups that may ping to those there are, and leaves a range of the user’s', () => {
  const key = 'net.ipv4.ping_group_range';
  expect(withUserNamespace(spec, facts).linux.sysctl?.[key]).toBe('0 99');
  const own = { ...spec, linux: { ...spec.linux, sysctl: { [key]: '1 5' } } };
  expect(withUserNamespace(own, facts).linux.sysctl?.[key]).toBe('1 5');
  const none = { ...spec, linux: { ...spec.linux, sysctl: {} } };
  expect(withUserNamespace(none, facts).linux.sysctl).toEqual({});
});

test('withUserNamespace() joins that of another container', () => {
  expect(withUserNamespace(spec, { ...facts, pid: 7 }).linux.namespaces[0]).toEqual({
    type: 'user',
    path: '/proc/7/ns/user',
  });
});
