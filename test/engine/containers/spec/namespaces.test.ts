import { expect, test } from 'vitest';
import { type NamespaceTexts, parseNamespaceModes } from '../../../../src/engine/containers/spec/namespace-modes.ts';
import { namespacesFor, type SharedModes, shareMemory } from '../../../../src/engine/containers/spec/namespaces.ts';
import { defaultMounts } from '../../../../src/runtime/index.ts';

const container = { id: 'f00', process: { pid: 7, startTime: 1 }, directory: '/d' };

function modesOf(options: NamespaceTexts): SharedModes {
  const modes = Object.entries(parseNamespaceModes(options));
  const shared = modes.map(([kind, mode]) => [kind, mode.kind === 'container' ? { ...mode, container } : mode]);
  return Object.fromEntries(shared) as SharedModes;
}

test('namespacesFor() makes what is private, joins what is another container’s, and leaves out what is the host’s', () => {
  const types = (options: NamespaceTexts) => namespacesFor(modesOf(options)).namespaces;
  expect(types({}).map(({ type }) => type)).toEqual(['mount', 'uts', 'ipc', 'pid', 'cgroup', 'network']);
  expect(types({ pid: 'host', ipc: 'host', uts: 'host', cgroupns: 'host', network: 'host' })).toEqual([
    { type: 'mount' },
  ]);
  expect(types({ pid: 'container:a', ipc: 'container:a', network: 'container:a' })).toEqual([
    { type: 'mount' },
    { type: 'uts' },
    { type: 'ipc', path: '/proc/7/ns/ipc' },
    { type: 'pid', path: '/proc/7/ns/pid' },
    { type: 'cgroup' },
    { type: 'network', path: '/proc/7/ns/net' },
  ]);
});

test('namespacesFor() sets sysctls of the network only where that is the container’s own', () => {
  expect(Object.keys(namespacesFor(modesOf({})).sysctl)).toHaveLength(2);
  for (const network of ['host', 'container:a']) expect(namespacesFor(modesOf({ network })).sysctl).toEqual({});
});

test('shareMemory() gives /dev/shm of whoever shares, and, as docker does, /dev/mqueue alone to who wants none', () => {
  const shm = (ipc: string) =>
    shareMemory(modesOf({ ipc }).ipc, defaultMounts()).find(({ destination }) => destination === '/dev/shm');
  expect(shm('private')).toMatchObject({ type: 'tmpfs' });
  expect(shm('shareable')).toMatchObject({ type: 'tmpfs' });
  expect(shm('host')).toMatchObject({ type: 'bind', source: '/dev/shm' });
  expect(shm('container:a')).toMatchObject({ type: 'bind', source: '/proc/7/root/dev/shm' });
  const none = shareMemory(modesOf({ ipc: 'none' }).ipc, defaultMounts()).map(({ destination }) => destination);
  expect(none).not.toContain('/dev/shm');
  expect(none).toContain('/dev/mqueue');
  expect(none).toContain('/dev/pts');
});
