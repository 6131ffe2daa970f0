import { expect, test } from 'vitest';
import {
  DOCKER_MANIFEST,
  isLayerMediaType,
  OCI_CONFIG,
  OCI_INDEX,
  OCI_LAYER_GZIP,
  OCI_MANIFEST,
  pairLayers,
  parseImageConfig,
  parseImageDocument,
  parseManifest,
} from '../../src/oci/index.ts';

const digest = `sha256:${'0'.repeat(64)}`;
const config = { mediaType: OCI_CONFIG, digest, size: 2 };
const layer = { mediaType: OCI_LAYER_GZIP, digest, size: 32 };
const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer] };
const index = { schemaVersion: 2, manifests: [{ mediaType: OCI_MANIFEST, digest, size: 1 }] };
const imageConfig = { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [digest] } };

test('parseImageDocument() tells a manifest from an index by its content', () => {
  expect(parseImageDocument(JSON.stringify(manifest))).toEqual({ kind: 'manifest', manifest });
  expect(parseImageDocument(JSON.stringify(index), 'text/plain')).toEqual({ kind: 'index', index });
  const docker = { ...manifest, mediaType: DOCKER_MANIFEST };
  expect(parseImageDocument(JSON.stringify(docker), DOCKER_MANIFEST).kind).toBe('manifest');
});

test('parseImageDocument() refuses what is manifest and index at once, CVE-2021-41190', () => {
  expect(() => parseImageDocument(JSON.stringify({ ...manifest, ...index }))).toThrow('not both at once');
  expect(() => parseManifest(JSON.stringify({ ...manifest, ...index }))).toThrow('not both at once');
});

test('parseImageDocument() refuses a content that the media type contradicts', () => {
  expect(() => parseImageDocument(JSON.stringify(manifest), OCI_INDEX)).toThrow(`sent as ${OCI_INDEX}`);
  expect(() => parseImageDocument(JSON.stringify({ ...manifest, mediaType: OCI_INDEX }))).toThrow('"mediaType" is');
});

test.each([
  ['{"schemaVersion":1,"name":"x","fsLayers":[]}', ''],
  ['{"schemaVersion":2}', 'application/vnd.docker.distribution.manifest.v1+prettyjws'],
])('parseImageDocument() refuses schema 1 by its name: %s %s', (text, mediaType) => {
  expect(() => parseImageDocument(text, mediaType)).toThrow('Docker schema 1');
});

test('parseImageDocument() refuses to go on to a blob that it could not verify', () => {
  const unknown = { ...manifest, layers: [{ ...layer, digest: 'blake3:abc' }] };
  expect(() => parseImageDocument(JSON.stringify(unknown))).toThrow('unknown digest algorithm');
  expect(parseManifest(JSON.stringify(unknown)).layers).toHaveLength(1);
});

test.each([
  ['[]', 'it is an array'],
  ['null', 'it is missing'],
  ['{}', '"schemaVersion" is missing'],
  ['{"schemaVersion":3}', '"schemaVersion" is 3'],
  ['\uFEFF{}', 'not JSON'],
  [JSON.stringify({ ...manifest, layers: [{ ...layer, size: 2 ** 53 }] }), '"layers[0].size" is 9007199254740992'],
  [JSON.stringify({ ...manifest, layers: [{ ...layer, size: 1.5 }] }), '"layers[0].size" is 1.5'],
  [JSON.stringify({ ...manifest, layers: {} }), '"layers" is an object'],
  [JSON.stringify({ ...manifest, config: 'x'.repeat(9999) }), `"config" is "${'x'.repeat(80)}" (`],
  [`{"schemaVersion":${'['.repeat(1e6)}${']'.repeat(1e6)}}`, '"schemaVersion" is an array'],
])('parseManifest() names the place and what is there', (text, reason) => {
  expect(() => parseManifest(text)).toThrow(reason);
});

test('parseManifest() refuses bytes that are not UTF-8', () => {
  expect(() => parseManifest(Uint8Array.of(0x7b, 0xff, 0x7d))).toThrow('not JSON');
});

test('parseManifest() drops unknown fields and keeps hostile names as plain names', () => {
  const text = `{"evil":1,"annotations":{"__proto__":"x"},${JSON.stringify(manifest).slice(1)}`;
  const parsed = parseManifest(text);
  expect(Object.keys(parsed).sort()).toEqual(['annotations', 'config', 'layers', 'mediaType', 'schemaVersion']);
  expect(Object.getOwnPropertyNames(parsed.annotations)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(parsed.annotations)).toBe(Object.prototype);
});

test("parseImageConfig() takes Go's null for what is not there", () => {
  const text = JSON.stringify({
    ...imageConfig,
    config: { Cmd: null, Env: null, Volumes: null, Labels: null },
    rootfs: { type: 'layers', diff_ids: null },
    container_config: {},
  });
  expect(parseImageConfig(text)).toEqual({ ...imageConfig, config: {}, rootfs: { type: 'layers', diff_ids: [] } });
});

test('pairLayers() gives each layer its diffID, and refuses what does not pair', () => {
  const parsed = {
    manifest: parseManifest(JSON.stringify(manifest)),
    config: parseImageConfig(JSON.stringify(imageConfig)),
  };
  expect(pairLayers(parsed.manifest, parsed.config)).toEqual([{ descriptor: layer, diffID: digest }]);
  const more = parseManifest(JSON.stringify({ ...manifest, layers: [layer, layer] }));
  expect(() => pairLayers(more, parsed.config)).toThrow('the manifest has 2 and the config 1');
  const chart = { ...layer, mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip' };
  const other = parseManifest(JSON.stringify({ ...manifest, layers: [chart] }));
  expect(() => pairLayers(other, parsed.config)).toThrow('expected a tar layer');
});

test.each([
  ['application/vnd.oci.image.layer.v1.tar', true],
  ['application/vnd.oci.image.layer.v1.tar+zstd', true],
  ['application/vnd.oci.image.layer.nondistributable.v1.tar+gzip', true],
  ['application/vnd.docker.image.rootfs.diff.tar.gzip', true],
  ['application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', true],
  ['application/vnd.in-toto+json', false],
  ['application/vnd.oci.empty.v1+json', false],
])('isLayerMediaType(%s) is %s', (mediaType, expected) => {
  expect(isLayerMediaType(mediaType)).toBe(expected);
});
