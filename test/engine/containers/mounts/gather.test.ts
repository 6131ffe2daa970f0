/** Who wins where several want one place, and what the runtime spec then says. */
import { expect, test } from 'vitest';
import { gatherMounts } from '../../../../src/engine/containers/spec/mounts/gather-mounts.ts';
import type { MountPoint } from '../../../../src/engine/containers/spec/mounts/mount-point.ts';
import { checkPropagation } from '../../../../src/engine/containers/spec/mounts/propagation.ts';
import { specMount } from '../../../../src/engine/containers/spec/mounts/spec-mounts.ts';
import type { MountOptions } from '../../../../src/engine/index.ts';

const others: Readonly<Record<string, MountOptions>> = {
  db: { volumes: ['data:/d', '/srv:/b:ro'], tmpfs: ['/t'], mounts: ['type=tmpfs,target=/m'] },
};

function gather(options: MountOptions, volumes: readonly string[] = []): MountPoint[] {
  const facts = { workingDirectory: '/', mountsOf: (name: string) => gather(others[name] ?? {}) };
  return gatherMounts({ Volumes: Object.fromEntries(volumes.map((path) => [path, {}])) }, options, facts);
}

const places = (points: readonly MountPoint[]) =>
  Object.fromEntries(points.map((point) => [point.destination, point.type === 'volume' ? point.name : point.type]));

test.each<[string, MountOptions]>([
  ['two binds', { volumes: ['/a:/x', '/b:/x/'] }],
  ['a bind and a tmpfs', { volumes: ['/a:/x'], tmpfs: ['/x'] }],
  ['a bind and a mount', { volumes: ['/a:/x'], mounts: ['type=tmpfs,target=/x'] }],
  ['two mounts', { mounts: ['type=tmpfs,target=/x', 'target=/x/./'] }],
  ['a volume and a bind', { volumes: ['data:/x', '/a:/x'] }],
])('%s for one place are refused in docker’s words', (_, options) => {
  expect(() => gather(options)).toThrow('Duplicate mount point: /x');
});

test('the image’s volumes give way to other containers’, these to anonymous ones, these to what has a name', () => {
  const image = ['/d', '/v', '/x', 'relative', '/'];
  expect(places(gather({}, image))).toEqual({ '/d': '', '/v': '', '/x': '', '/relative': '' });
  expect(places(gather({ volumesFrom: ['db'] }, image))).toMatchObject({ '/d': 'data', '/b': 'bind', '/v': '' });
  expect(places(gather({ volumesFrom: ['db'], volumes: ['/d'] }))).toMatchObject({ '/d': '' });
  expect(places(gather({ volumes: ['/d', '/d', 'mine:/d'] }))).toEqual({ '/d': 'mine' });
});

test('another container’s mounts come as they are, or read-only; not what --tmpfs made; no copy, no new volume', () => {
  const from = gather({ volumesFrom: ['db:ro'] });
  expect(places(from)).toEqual({ '/d': 'data', '/b': 'bind', '/m': 'tmpfs' });
  expect(from.find(({ destination }) => destination === '/d')).toMatchObject({
    access: 'ro',
    copy: false,
    mustExist: true,
  });
  expect(gather({ volumesFrom: ['db'] }).find(({ destination }) => destination === '/b')).toMatchObject({
    access: 'ro',
  });
});

test.each([
  ['/a:/x', { type: 'bind', source: '/a', options: ['rbind', 'rprivate'] }],
  ['/a:/x:ro', { options: ['rbind', 'ro', 'rro', 'rprivate'] }],
  ['/a:/x:bind,ro,shared', { options: ['bind', 'ro', 'shared'] }],
  ['data:/x:ro', { type: 'bind', source: '/volumes/data', options: ['rbind', 'ro', 'rro', 'rprivate'] }],
])('-v %s in the runtime spec', (text, mount) => {
  const [point] = gather({ volumes: [text] });
  expect(point && spec(point)).toMatchObject(mount);
});

test.each([
  ['type=bind,source=/a,target=/x,ro,bind-recursive=writable', { options: ['rbind', 'ro', 'rprivate'] }],
  ['type=volume,source=data,target=/x,volume-subpath=a', { options: ['rbind', 'rprivate', 'X-mount.subdir=a'] }],
  [
    'type=image,source=i,target=/x,image-subpath=a',
    { type: 'overlay', options: ['ro', 'lowerdir=/l/1:/odd\\:\\\\/2', 'X-mount.subdir=a'] },
  ],
])('--mount %s in the runtime spec', (text, mount) => {
  const [point] = gather({ mounts: [text] });
  expect(point && spec(point)).toMatchObject(mount);
});

function spec(point: MountPoint) {
  return specMount(point, {
    volume: ({ name }) => ({ path: `/volumes/${name}`, options: ['rbind'] }),
    lowerdirs: () => ['/l/1', '/odd:\\/2'],
    mode: ({ destination }) => (destination === '/run' ? 0o755 : undefined),
  });
}

test('a tmpfs is no more open than the directory of the image in its place, unless its mode is given', () => {
  const options = (...tmpfs: string[]) =>
    gather({ tmpfs }).map((point) => spec(point).options?.filter((o) => /^mode/.test(o)));
  expect(options('/run', '/new', '/run/inner')).toEqual([['mode=755'], [], []]);
  expect(options('/run:mode=1777')).toEqual([['mode=1777']]);
});

test('a source can be shared only where its mount is', () => {
  const info = [
    '1 0 8:1 / / rw shared:1 - ext4 /dev/a rw',
    '2 1 8:1 / /private rw - tmpfs tmpfs rw',
    '3 1 8:1 / /slave\\040one rw master:1 - tmpfs tmpfs rw',
    '4 1 8:1 / /over rw shared:2 - tmpfs tmpfs rw',
    '5 4 8:1 / /over rw - tmpfs tmpfs rw',
    '',
  ].join('\n');
  expect(checkPropagation('/x', 'rshared', info)).toBeUndefined();
  expect(checkPropagation('/privateer', 'shared', info)).toBeUndefined();
  expect(checkPropagation('/private/x', 'rshared', info)).toBe(
    'path /private/x is mounted on /private but it is not a shared mount',
  );
  expect(checkPropagation('/private', 'slave', info)).toMatch('but it is not a shared or slave mount');
  expect(checkPropagation('/slave one/x', 'rslave', info)).toBeUndefined();
  expect(checkPropagation('/slave one/x', 'rshared', info)).toMatch('not a shared mount');
  expect(checkPropagation('/over', 'shared', info)).toMatch('not a shared mount');
});
