/** Synthetic images: layers → config, manifest and the set of blobs that a registry must hold for them; and indexes of such. */
import {
  type Descriptor,
  type Digest,
  type ExecutionConfig,
  type HistoryEntry,
  type Platform,
  sha256Digest,
} from '../../../src/oci/index.ts';
import type { BuiltLayer } from './layer.ts';

/** A manifest or an index, with every blob that is reached from it (other manifests too, by their digests). */
export interface BuiltImage {
  readonly descriptor: Descriptor;
  readonly bytes: Buffer;
  /** Configs and layers. */
  readonly blobs: ReadonlyMap<Digest, Buffer>;
  /** Manifests below an index. */
  readonly manifests: readonly BuiltImage[];
}

export interface ImageOptions {
  readonly layers: readonly BuiltLayer[];
  readonly config?: ExecutionConfig;
  readonly platform?: Platform;
  readonly history?: readonly HistoryEntry[];
  /** Docker's media types rather than OCI's. */
  readonly docker?: boolean;
  /** What the manifest should say otherwise than it would: a wrong size, a foreign media type. */
  readonly manifest?: Readonly<Record<string, unknown>>;
  /** The same for the config: a wrong diffID. */
  readonly imageConfig?: Readonly<Record<string, unknown>>;
}

const nodeToGo: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** The platform that this machine runs, in Go's words. */
export const hostPlatform: Platform = { os: 'linux', architecture: nodeToGo[process.arch] ?? process.arch };

export function buildImage(options: ImageOptions): BuiltImage {
  const platform = options.platform ?? hostPlatform;
  const config = jsonBytes({
    created: '2024-01-01T00:00:00Z',
    ...platform,
    config: options.config ?? { Cmd: ['/bin/sh'] },
    rootfs: { type: 'layers', diff_ids: options.layers.map((layer) => layer.diffID) },
    history: options.history ?? options.layers.map(() => ({ created_by: 'test' })),
    ...options.imageConfig,
  });
  const configDescriptor = {
    mediaType: options.docker
      ? 'application/vnd.docker.container.image.v1+json'
      : 'application/vnd.oci.image.config.v1+json',
    digest: sha256Digest(config),
    size: config.length,
  };
  const mediaType = options.docker
    ? 'application/vnd.docker.distribution.manifest.v2+json'
    : 'application/vnd.oci.image.manifest.v1+json';
  const bytes = jsonBytes({
    schemaVersion: 2,
    mediaType,
    config: configDescriptor,
    layers: options.layers.map((layer) =>
      options.docker
        ? { ...layer.descriptor, mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip' }
        : layer.descriptor,
    ),
    ...options.manifest,
  });
  return {
    descriptor: { mediaType, digest: sha256Digest(bytes), size: bytes.length, platform },
    bytes,
    blobs: new Map([
      [configDescriptor.digest, config],
      ...options.layers.map((layer): [Digest, Buffer] => [layer.descriptor.digest, layer.blob]),
    ]),
    manifests: [],
  };
}

/** An index (or, with `docker`, a manifest list) of images, each under its platform. */
export function buildIndex(images: readonly BuiltImage[], options: { readonly docker?: boolean } = {}): BuiltImage {
  const mediaType = options.docker
    ? 'application/vnd.docker.distribution.manifest.list.v2+json'
    : 'application/vnd.oci.image.index.v1+json';
  const bytes = jsonBytes({ schemaVersion: 2, mediaType, manifests: images.map((image) => image.descriptor) });
  return {
    descriptor: { mediaType, digest: sha256Digest(bytes), size: bytes.length },
    bytes,
    blobs: new Map(images.flatMap((image) => [...image.blobs])),
    manifests: images.flatMap((image) => [image, ...image.manifests]),
  };
}

function jsonBytes(document: unknown): Buffer {
  return Buffer.from(JSON.stringify(document));
}
