import { expect, test } from 'vitest';
import { formatMode, parseNamespaceModes } from '../../../../src/engine/containers/spec/namespace-modes.ts';

test('parseNamespaceModes() gives a container all namespaces for itself where nothing is said', () => {
  const own = (word: string) => ({ kind: 'own', word });
  const expected = {
    network: own('none'),
    ipc: own('private'),
    pid: own('private'),
    uts: own('private'),
    cgroupns: own('private'),
  };
  expect(parseNamespaceModes({})).toEqual(expected);
  expect(parseNamespaceModes({ network: '', ipc: '', pid: '', uts: '', cgroupns: '' })).toEqual(expected);
});

test.each([
  [{ network: 'host' }, 'network', { kind: 'host' }],
  [{ network: 'front' }, 'network', { kind: 'own', word: 'front' }],
  [{ network: 'container:web' }, 'network', { kind: 'container', container: 'web' }],
  [{ ipc: 'shareable' }, 'ipc', { kind: 'own', word: 'shareable' }],
  [{ ipc: 'none' }, 'ipc', { kind: 'own', word: 'none' }],
  [{ ipc: 'container:a:b' }, 'ipc', { kind: 'container', container: 'a:b' }],
  [{ pid: 'host' }, 'pid', { kind: 'host' }],
  [{ uts: 'host' }, 'uts', { kind: 'host' }],
  [{ cgroupns: 'host' }, 'cgroupns', { kind: 'host' }],
  [{ uts: 'container:web' }, 'uts', { kind: 'container', container: 'web' }],
  [{ cgroupns: 'container:web' }, 'cgroupns', { kind: 'container', container: 'web' }],
] as const)('parseNamespaceModes() reads %j', (options, kind, mode) => {
  expect(parseNamespaceModes(options)[kind]).toEqual(mode);
});

test.each([
  [
    { ipc: 'shared' },
    'invalid argument "shared" for "--ipc": invalid IPC mode (expected private, shareable, none, host, container:ID)',
  ],
  [{ pid: 'container:' }, 'invalid argument "container:" for "--pid": invalid PID mode'],
  [{ pid: 'none' }, 'invalid argument "none" for "--pid": invalid PID mode'],
  [{ uts: 'none' }, 'invalid argument "none" for "--uts": invalid UTS mode (expected private, host, container:ID)'],
  [
    { cgroupns: 'container:' },
    'invalid argument "container:" for "--cgroupns": invalid cgroup mode (expected private, host, container:ID)',
  ],
  [
    { uts: 'host', hostname: 'a' },
    'invalid argument "a" for "--hostname": conflicting options: hostname and the UTS mode',
  ],
  [
    { uts: 'host', domainname: 'a' },
    'invalid argument "a" for "--domainname": conflicting options: domainname and the UTS mode',
  ],
  [{ network: 'container:web', hostname: 'a' }, 'conflicting options: hostname and the network mode'],
])('parseNamespaceModes() refuses %j', (options, message) => {
  expect(() => parseNamespaceModes(options)).toThrow(message);
});

test('formatMode() says a mode as its flag does, with the other container’s id', () => {
  const id = (container: string) => `${container}f00`;
  expect(formatMode({ kind: 'own', word: 'shareable' }, id)).toBe('shareable');
  expect(formatMode({ kind: 'host' }, id)).toBe('host');
  expect(formatMode({ kind: 'container', container: 'a' }, id)).toBe('container:af00');
});
