import { expect, test } from 'vitest';
import { parseMountOptions } from '../../../src/runtime/spec/mount-options.ts';
import { MOUNT_ATTR, MS } from '../../../src/syscall/index.ts';

const {
  MOUNT_ATTR_RDONLY: ro,
  MOUNT_ATTR_NOSUID: nosuid,
  MOUNT_ATTR_NOATIME: noatime,
  MOUNT_ATTR__ATIME: atime,
} = MOUNT_ATTR;

test('parseMountOptions() turns words into attributes, and all others into the filesystem’s own', () => {
  expect(parseMountOptions(['nosuid', 'ro', 'size=64m', 'newinstance', 'mode=1777'])).toEqual({
    attributes: { set: ro | nosuid, clear: 0 },
    recursiveAttributes: { set: 0, clear: 0 },
    propagation: undefined,
    bind: undefined,
    parameters: [
      { key: 'size', value: '64m' },
      { key: 'newinstance', value: undefined },
      { key: 'mode', value: '1777' },
    ],
  });
});

test('parseMountOptions() lets a later word win', () => {
  expect(parseMountOptions(['ro', 'rw']).attributes).toEqual({ set: 0, clear: ro });
  expect(parseMountOptions(['rw', 'ro']).attributes).toEqual({ set: ro, clear: 0 });
});

test('parseMountOptions() clears the whole mask where an access-time word stands, as mount_setattr(2) demands', () => {
  expect(parseMountOptions(['noatime']).attributes).toEqual({ set: noatime, clear: atime });
  expect(parseMountOptions(['strictatime', 'noatime']).attributes).toEqual({ set: noatime, clear: atime });
  expect(parseMountOptions(['noatime', 'relatime']).attributes).toEqual({ set: 0, clear: atime });
});

test('parseMountOptions() tells recursive words from plain ones, relatime included', () => {
  const { attributes, recursiveAttributes } = parseMountOptions(['relatime', 'rro', 'rnosuid']);
  expect(attributes).toEqual({ set: 0, clear: atime });
  expect(recursiveAttributes).toEqual({ set: ro | nosuid, clear: 0 });
});

test('parseMountOptions() reads binds and propagation', () => {
  expect(parseMountOptions(['rbind', 'rslave'])).toMatchObject({
    bind: 'rbind',
    propagation: { type: MS.MS_SLAVE, recursive: true },
  });
  expect(parseMountOptions(['bind', 'shared']).propagation).toEqual({ type: MS.MS_SHARED, recursive: false });
});

test('parseMountOptions() has no words from Object’s prototype', () => {
  expect(parseMountOptions(['constructor', 'rtoString']).parameters).toHaveLength(2);
});
