/**
 * An image that is made on this machine instead of fetched, in the shape of one that a registry serves: a manifest, a config
 * and one layer, each with its descriptor; so that it is kept and unpacked on the same road as any other.
 */
import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import {
  type Descriptor,
  type DiffID,
  type ExecutionConfig,
  type HistoryEntry,
  OCI_CONFIG,
  type OCI_LAYER,
  OCI_LAYER_GZIP,
  OCI_MANIFEST,
  type Platform,
  parseDiffID,
  parseDigest,
  type Reference,
  sha256Digest,
} from '../../oci/index.ts';

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
  readonly layerType: typeof OCI_LAYER | typeof OCI_LAYER_GZIP;
  readonly openLayer: OpenLayer;
  readonly warning: string;
}

/** Reads the layer once, for its digests. The same source gives the same bytes: nothing in it says when it was made. */
export async function makeLocalImage(source: LocalImageSource): Promise<LocalImage> {
  const { layer, diffID } = await describeLayer(source);
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

/** Larger steps than Node's 16 KiB: its gunzip takes three to five times longer with those. */
const STEP = 1 << 18;

async function describeLayer(source: LocalImageSource): Promise<{ layer: Descriptor; diffID: DiffID }> {
  const blob = createHash('sha256');
  let size = 0;
  const measure = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      blob.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  };
  const tar = createHash('sha256');
  const hash = async (chunks: AsyncIterable<Uint8Array>) => {
    for await (const chunk of chunks) tar.update(chunk);
  };
  const gzip = source.layerType === OCI_LAYER_GZIP;
  if (gzip) await pipeline(source.openLayer(0), measure, createGunzip({ chunkSize: STEP }), hash);
  else await hash(measure(source.openLayer(0)));
  const layer = { mediaType: source.layerType, digest: parseDigest(`sha256:${blob.digest('hex')}`), size };
  return { layer, diffID: parseDiffID(`sha256:${tar.digest('hex')}`) };
}
