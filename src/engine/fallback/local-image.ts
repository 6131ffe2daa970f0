/**
 * An image that is made on this machine instead of fetched, in the shape of one that a registry serves: a manifest, a config
 * and one layer, each with its descriptor; so that it is kept and unpacked on the same road as any other.
 */
import { createHash } from 'node:crypto';
import {
  type Descriptor,
  type DiffID,
  type ExecutionConfig,
  type HistoryEntry,
  OCI_CONFIG,
  OCI_LAYER,
  OCI_LAYER_GZIP,
  OCI_LAYER_ZSTD,
  OCI_MANIFEST,
  type Platform,
  parseDiffID,
  parseDigest,
  type Reference,
  sha256Digest,
} from '../../oci/index.ts';
import { type Compression, compressionOf, decompress } from '../../overlay/index.ts';

export interface LocalDocument {
  readonly descriptor: Descriptor;
  readonly bytes: Buffer;
}

export interface LocalImage {
  readonly reference: Reference;
  readonly manifest: LocalDocument;
  readonly config: LocalDocument;
  readonly layer: Descriptor;
  /** The layer's bytes from `offset`, as often as it is asked; a source that has changed meanwhile gives another digest. */
  readonly openLayer: OpenLayer;
  /** What a user must be told: this is not the image that was asked for. One or more sentences. */
  readonly warning: string;
}

export type OpenLayer = (offset: number) => AsyncIterable<Uint8Array>;

export interface LocalImageSource {
  readonly reference: Reference;
  readonly platform: Platform;
  readonly config: ExecutionConfig;
  readonly history: HistoryEntry;
  readonly openLayer: OpenLayer;
  readonly warning: string;
}

/** Reads the layer once, for its digests. The same source gives the same bytes: nothing in it says when it was made. */
export async function makeLocalImage(source: LocalImageSource): Promise<LocalImage> {
  const { layer, diffID } = await describeLayer(source.openLayer(0));
  const config = document(OCI_CONFIG, {
    ...source.platform,
    config: source.config,
    rootfs: { type: 'layers', diff_ids: [diffID] },
    history: [source.history],
  });
  const manifest = document(OCI_MANIFEST, {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: config.descriptor,
    layers: [layer],
  });
  const { reference, openLayer, warning } = source;
  return { reference, manifest, config, layer, openLayer, warning };
}

function document(mediaType: string, value: object): LocalDocument {
  const bytes = Buffer.from(JSON.stringify(value));
  return { descriptor: { mediaType, digest: sha256Digest(bytes), size: bytes.length }, bytes };
}

const layerTypes = { gzip: OCI_LAYER_GZIP, zstd: OCI_LAYER_ZSTD, none: OCI_LAYER } as const;

async function describeLayer(bytes: AsyncIterable<Uint8Array>): Promise<{ layer: Descriptor; diffID: DiffID }> {
  const blob = createHash('sha256');
  let size = 0;
  let compression: Compression | undefined;
  const measure = async function* () {
    for await (const chunk of bytes) {
      compression ??= compressionOf(chunk);
      blob.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  };
  const tar = createHash('sha256');
  for await (const chunk of decompress(measure())) tar.update(chunk);
  const mediaType = layerTypes[compression ?? 'none'];
  return {
    layer: { mediaType, digest: parseDigest(`sha256:${blob.digest('hex')}`), size },
    diffID: parseDiffID(`sha256:${tar.digest('hex')}`),
  };
}
