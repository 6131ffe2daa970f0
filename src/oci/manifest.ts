/**
 * Manifests and indexes from untrusted bytes: image-spec v1.1.1 manifest.md, image-index.md; Docker's schema 2 manifests
 * and manifest lists, which differ in media types alone.
 */
import { GockerError } from '../errors/index.ts';
import { readDescriptor, readMediaType, readStrings } from './descriptor.ts';
import { type DiffID, isDigest } from './digest.ts';
import type { Descriptor, ImageConfig, ImageIndex, Manifest } from './documents.ts';
import { JsonValue } from './json.ts';
import {
  isIndexMediaType,
  isLayerMediaType,
  isManifestMediaType,
  isSchema1MediaType,
  MANIFEST_MEDIA_TYPES,
} from './media-type.ts';

export type ImageDocument =
  | { readonly kind: 'manifest'; readonly manifest: Manifest }
  | { readonly kind: 'index'; readonly index: ImageIndex };

/**
 * Tells by its content what a registry sent, and checks it. Stricter than the two parsers below: what is about to be
 * fetched must have a digest that we can verify.
 *
 * @param mediaType what the `Content-Type` or the descriptor said, if it did; it may not contradict the content
 * @throws GockerError `DOCUMENT_INVALID`, `SCHEMA1_UNSUPPORTED`, `DIGEST_UNSUPPORTED`
 */
export function parseImageDocument(bytes: Uint8Array | string, mediaType = ''): ImageDocument {
  const value = JsonValue.parse('image manifest', bytes);
  refuseSchema1(value, mediaType);
  const kind = value.field('manifests').present ? 'index' : 'manifest';
  const contradicts = kind === 'index' ? isManifestMediaType : isIndexMediaType;
  if (contradicts(mediaType)) {
    throw new GockerError(
      'DOCUMENT_INVALID',
      `cannot parse image ${kind}: it was sent as ${mediaType} (expected what it is and what it is said to be to agree)`,
    );
  }
  if (kind === 'index') return { kind, index: parseImageIndex(bytes) };
  const manifest = parseManifest(bytes);
  for (const descriptor of [manifest.config, ...manifest.layers]) requireVerifiable(descriptor);
  return { kind, manifest };
}

/** @throws GockerError `DOCUMENT_INVALID`, `SCHEMA1_UNSUPPORTED` */
export function parseManifest(bytes: Uint8Array | string): Manifest {
  const value = JsonValue.parse('image manifest', bytes);
  refuseSchema1(value, '');
  refuseAmbiguity(value, 'manifests');
  return {
    schemaVersion: readSchemaVersion(value),
    ...value.optional('mediaType', (type) => readOneOf(type, isManifestMediaType)),
    ...value.optional('artifactType', readMediaType),
    config: readDescriptor(value.field('config')),
    layers: readSome(value.field('layers')),
    ...value.optional('subject', readDescriptor),
    ...value.optional('annotations', readStrings),
  };
}

/** @throws GockerError `DOCUMENT_INVALID` */
export function parseImageIndex(bytes: Uint8Array | string): ImageIndex {
  const value = JsonValue.parse('image index', bytes);
  for (const key of ['config', 'layers', 'fsLayers']) refuseAmbiguity(value, key);
  return {
    schemaVersion: readSchemaVersion(value),
    ...value.optional('mediaType', (type) => readOneOf(type, isIndexMediaType)),
    ...value.optional('artifactType', readMediaType),
    manifests: value.field('manifests').list(readDescriptor),
    ...value.optional('subject', readDescriptor),
    ...value.optional('annotations', readStrings),
  };
}

/**
 * Each layer with the digest of its tar, bottom first.
 *
 * @throws GockerError `LAYERS_MISMATCH` where manifest and config differ in number, `NOT_AN_IMAGE` where it is no tar
 */
export function pairLayers(
  manifest: Manifest,
  config: ImageConfig,
): readonly { readonly descriptor: Descriptor; readonly diffID: DiffID }[] {
  const diffIDs = config.rootfs.diff_ids;
  if (manifest.layers.length !== diffIDs.length) {
    const found = `the manifest has ${manifest.layers.length} and the config ${diffIDs.length}`;
    throw new GockerError(
      'LAYERS_MISMATCH',
      `cannot read the image's layers: ${found} (expected as many diff_ids as layers)`,
    );
  }
  const other = manifest.layers.find((layer) => !isLayerMediaType(layer.mediaType));
  if (other !== undefined) {
    const found = `${other.digest} is ${other.mediaType}`;
    throw new GockerError('NOT_AN_IMAGE', `cannot read the image's layers: ${found} (expected a tar layer)`);
  }
  return manifest.layers.flatMap((descriptor, index) => {
    const diffID = diffIDs[index];
    return diffID === undefined ? [] : [{ descriptor, diffID }];
  });
}

/** CVE-2021-41190: a document that is a manifest to one reader and an index to the next is nobody's image. */
function refuseAmbiguity(value: JsonValue, key: string): void {
  if (value.field(key).present) value.field(key).refuse('a manifest or an index, not both at once');
}

function refuseSchema1(value: JsonValue, mediaType: string): void {
  const schemaVersion = value.field('schemaVersion');
  const isVersion1 = schemaVersion.present && schemaVersion.integer() === 1;
  if (!isVersion1 && !isSchema1MediaType(mediaType) && !value.field('fsLayers').present) return;
  throw new GockerError(
    'SCHEMA1_UNSUPPORTED',
    'cannot parse image manifest: it is a Docker schema 1 manifest (expected schema 2 or OCI)',
    { hint: 'Push the image again with a docker, buildah or skopeo of 2017 or later: they write schema 2.' },
  );
}

function requireVerifiable(descriptor: Descriptor): void {
  if (isDigest(descriptor.digest)) return;
  throw new GockerError(
    'DIGEST_UNSUPPORTED',
    `cannot verify blob "${descriptor.digest}": unknown digest algorithm (expected sha256 or sha512)`,
  );
}

function readSchemaVersion(value: JsonValue): 2 {
  const version = value.field('schemaVersion');
  return version.integer() === 2 ? 2 : version.refuse('2');
}

function readOneOf(value: JsonValue, accepts: (mediaType: string) => boolean): string {
  const text = value.string();
  return accepts(text) ? text : value.refuse(MANIFEST_MEDIA_TYPES.filter(accepts).join(' or '));
}

function readSome(value: JsonValue): Descriptor[] {
  const descriptors = value.list(readDescriptor);
  return descriptors.length > 0 ? descriptors : value.refuse('one layer or more');
}
