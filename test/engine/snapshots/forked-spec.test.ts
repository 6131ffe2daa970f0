import { expect, test } from 'vitest';
import { forkSpec } from '../../../src/engine/snapshots/forked-spec.ts';
import type { Spec } from '../../../src/oci/index.ts';

const spec: Spec = {
  ociVersion: '1.2.1',
  process: { cwd: '/', args: ['sh'], env: ['PATH=/bin', 'HOSTNAME=aaaa', 'HOME=/root'], user: { uid: 0, gid: 0 } },
  root: { path: 'rootfs' },
  hostname: 'aaaa',
  mounts: [
    { destination: '/proc', type: 'proc' },
    { destination: '/etc/hosts', type: 'bind', source: '/root/containers/a/hosts' },
    { destination: '/data', type: 'bind', source: '/root/volumes/one/_data/sub' },
    { destination: '/shared', type: 'bind', source: '/root/containers/ab/hosts' },
  ],
  linux: {
    namespaces: [{ type: 'mount' }],
    cgroupsPath: 'gocker/a',
    uidMappings: [{ containerID: 0, hostID: 100_000, size: 10 }],
    gidMappings: [{ containerID: 0, hostID: 100_000, size: 10 }],
  },
};
const fork = {
  moved: new Map([
    ['/root/containers/a', '/root/containers/b'],
    ['/root/volumes/one/_data', '/root/volumes/two/_data'],
  ]),
  hostname: 'bbbb',
  cgroupsPath: 'gocker/b',
};

test('forkSpec() moves the files and volumes that are the container’s own, and no others', () => {
  expect(forkSpec(spec, fork).mounts?.map(({ source }) => source)).toEqual([
    undefined,
    '/root/containers/b/hosts',
    '/root/volumes/two/_data/sub',
    '/root/containers/ab/hosts',
  ]);
});

test('forkSpec() gives the fork its own cgroup and hostname, in the environment too', () => {
  expect(forkSpec(spec, fork)).toMatchObject({
    hostname: 'bbbb',
    process: { env: ['PATH=/bin', 'HOSTNAME=bbbb', 'HOME=/root'] },
    linux: { cgroupsPath: 'gocker/b' },
  });
});

test('forkSpec() leaves a HOSTNAME that the user has chosen, and no hostname where it is another container’s', () => {
  const chosen = { ...spec, process: { ...spec.process, env: ['HOSTNAME=mine'] } };
  expect(forkSpec(chosen, fork).process.env).toEqual(['HOSTNAME=mine']);
  const { hostname: _, ...shared } = spec;
  expect(forkSpec(shared, fork).hostname).toBeUndefined();
});

test('forkSpec() shifts the ids of a user namespace to those that the fork has', () => {
  const { linux } = forkSpec(spec, { ...fork, firstID: { from: 100_000, to: 200_000 } });
  expect(linux.uidMappings).toEqual([{ containerID: 0, hostID: 200_000, size: 10 }]);
  expect(linux.gidMappings).toEqual(linux.uidMappings);
});
