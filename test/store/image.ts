/** Whole images for tests of the store: documents and layers that point at one another, no real tars. */
import { type Descriptor, type Digest, OCI_CONFIG, OCI_INDEX, OCI_LAYER, OCI_MANIFEST } from '../../src/oci/index.ts';
import type { Store } from '../../src/store/index.ts';
import { collect, makeBlob } from './content.ts';

export interface TestImage {
  readonly manifest: Descriptor;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  /** All of its digests. */
  readonly digests: readonly Digest[];
}

/** Puts an image into the store; no name and no lease holds it. */
export async function putImage(store: Store, seeds: readonly number[], layerBytes = 20_000): Promise<TestImage> {
  const layers = [];
  for (const seed of seeds) {
    const { digest, size, fetch } = makeBlob(layerBytes, seed);
    await collect(store.ingest({ digest, size }, fetch));
    layers.push({ mediaType: OCI_LAYER, digest, size });
  }
  const diff_ids = layers.map((layer) => layer.digest);
  const platform = { os: 'linux', architecture: 'amd64' };
  const config = await putJson(store, { ...platform, config: {}, rootfs: { type: 'layers', diff_ids } }, OCI_CONFIG);
  const manifest = await putJson(store, { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers }, OCI_MANIFEST);
  return { manifest, config, layers, digests: [manifest.digest, config.digest, ...diff_ids] };
}

export function putIndex(store: Store, manifests: readonly Descriptor[]): Promise<Descriptor> {
  return putJson(store, { schemaVersion: 2, mediaType: OCI_INDEX, manifests }, OCI_INDEX);
}

function putJson(store: Store, value: unknown, mediaType: string): Promise<Descriptor> {
  return store.put(Buffer.from(JSON.stringify(value)), mediaType);
}
