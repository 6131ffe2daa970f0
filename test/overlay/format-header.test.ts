import { expect, test } from 'vitest';
import { formatHeader, formatTime } from '../../src/overlay/tar/format-header.ts';
import { paxTime } from '../../src/overlay/tar/pax-time.ts';
import type { TarEntry } from '../../src/overlay/tar/tar-entry.ts';

test.each([
  [0, 0, '0'],
  [1, 500_000_000, '1.5'],
  [1, 1, '1.000000001'],
  [-2, 750_000_000, '-1.25'],
  [-1, 500_000_000, '-0.5'],
  [-1, 0, '-1'],
  [4_000_000_000, 10, '4000000000.00000001'],
])('formatTime() writes %i s and %i ns as %s, and paxTime() reads it back', (seconds, nanoseconds, text) => {
  expect(formatTime({ seconds, nanoseconds })).toBe(text);
  expect(paxTime(text)).toEqual({ seconds, nanoseconds });
});

test('formatHeader() refuses a device whose numbers a header has no room for, and would change them', () => {
  const entry = {
    kind: 'block-device',
    name: 'disk',
    linkname: '',
    mode: 0o600,
    uid: 0,
    gid: 0,
    mtime: { seconds: 0, nanoseconds: 0 },
    size: 0,
    device: { major: 8, minor: 0o1000000 },
    xattrs: new Map(),
  } as unknown as TarEntry;
  expect(() => formatHeader(entry)).toThrow(expect.objectContaining({ code: 'TAR_DEVICE_UNSUPPORTED' }));
});
