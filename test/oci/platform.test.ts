import { expect, test } from 'vitest';
import {
  formatPlatform,
  hostPlatform,
  type ImageIndex,
  OCI_INDEX,
  OCI_MANIFEST,
  parseImageIndex,
  parsePlatform,
  selectPlatform,
} from '../../src/oci/index.ts';

test.each([
  ['linux/amd64', 'linux/amd64'],
  ['linux/x86_64', 'linux/amd64'],
  ['amd64', 'linux/amd64'],
  ['linux/amd64/v1', 'linux/amd64'],
  ['linux/amd64/v3', 'linux/amd64/v3'],
  ['aarch64', 'linux/arm64'],
  ['linux/arm64/v8', 'linux/arm64'],
  ['linux/arm64/8', 'linux/arm64'],
  ['linux/arm', 'linux/arm/v7'],
  ['linux/armhf', 'linux/arm/v7'],
  ['linux/armel', 'linux/arm/v6'],
  ['Linux/ARM/v6', 'linux/arm/v6'],
  ['macos/arm64', 'darwin/arm64'],
])('parsePlatform(%s) is %s', (text, expected) => {
  expect(formatPlatform(parsePlatform(text))).toBe(expected);
});

test.each(['', '/', 'linux/', 'linux', 'linux/arm/v7/x', 'li nux/arm'])('parsePlatform(%j) refuses', (text) => {
  expect(() => parsePlatform(text)).toThrow('expected "os/architecture[/variant]"');
});

test.each([
  ['x64', '', 'linux/amd64'],
  ['arm64', '', 'linux/arm64'],
  ['arm', 'CPU architecture: 7\n', 'linux/arm/v7'],
  ['arm', 'model name\t: ARMv6-compatible processor rev 7 (v6l)\nCPU architecture: 7\n', 'linux/arm/v6'],
  ['arm', '', 'linux/arm/v7'],
  ['s390x', '', 'linux/s390x'],
])("hostPlatform() of Node's %s is told from %j", (arch, cpuinfo, expected) => {
  expect(formatPlatform(hostPlatform(arch, () => cpuinfo))).toBe(expected);
});

function indexOf(...platforms: readonly (string | undefined)[]): ImageIndex {
  const manifests = platforms.map((text, position) => {
    const [os, architecture, variant] = text?.split('/') ?? [];
    const platform = text === undefined ? {} : { platform: { os, architecture, variant } };
    return { mediaType: OCI_MANIFEST, digest: `sha256:${String(position).padStart(64, '0')}`, size: 1, ...platform };
  });
  return parseImageIndex(JSON.stringify({ schemaVersion: 2, manifests }));
}

test.each([
  ['linux/arm/v7', ['linux/arm/v5', 'linux/arm/v6', 'linux/arm64/v8'], 1],
  ['linux/arm/v6', ['linux/arm/v7', 'linux/arm/v5'], 1],
  ['linux/amd64/v3', ['linux/amd64', 'linux/amd64/v2', 'linux/amd64/v4'], 1],
  ['linux/amd64', ['linux/amd64/v3', 'linux/amd64/v1'], 1],
  ['linux/arm64', ['linux/arm', 'linux/arm64'], 1],
  ['linux/arm64/v9', ['linux/arm64/v8'], 0],
  ['linux/amd64', ['unknown/unknown', 'linux/amd64', 'linux/amd64'], 1],
  ['linux/amd64', [undefined], 0],
  ['linux/amd64', [undefined, 'linux/amd64'], 1],
] as const)('selectPlatform() for %s out of %j takes entry %d', (wanted, offered, position) => {
  const index = indexOf(...offered);
  expect(selectPlatform(index, parsePlatform(wanted))).toBe(index.manifests[position]);
});

test('selectPlatform() says what there is where nothing suits, without the attestations', () => {
  const index = indexOf('linux/amd64', 'unknown/unknown', 'linux/arm/v7');
  expect(() => selectPlatform(index, parsePlatform('s390x'))).toThrow(
    'cannot select a manifest from the image index: it has linux/amd64, linux/arm/v7 (expected linux/s390x)',
  );
});

test('selectPlatform() says that an index holds nothing but indexes', () => {
  const [entry] = indexOf('linux/amd64').manifests;
  const nested = parseImageIndex(JSON.stringify({ schemaVersion: 2, manifests: [{ ...entry, mediaType: OCI_INDEX }] }));
  expect(() => selectPlatform(nested, hostPlatform())).toThrow('nothing but other indexes');
});
