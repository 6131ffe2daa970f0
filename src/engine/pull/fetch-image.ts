/** The documents of an image and then its layers, from the registry into the store. */
import { GockerError } from '../../errors/index.ts';
import {
  acceptsPlatform,
  type Descriptor,
  type Digest,
  formatPlatform,
  type ImageConfig,
  type Manifest,
  OCI_INDEX,
  OCI_MANIFEST,
  pairLayers,
  parseDigest,
  parseImageConfig,
  parseImageDocument,
  selectPlatform,
} from '../../oci/index.ts';
import type { Lease } from '../../store/index.ts';
import { fetchLayers } from './fetch-layers.ts';
import type { PullRequest } from './request.ts';

/** Configs of real images have kilobytes; a manifest has at most as much by the distribution spec. */
const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

export interface FetchedImage {
  /** Of the platform's manifest. */
  readonly descriptor: Descriptor;
  /** Digest of the config. */
  readonly id: Digest;
}

/**
 * Everything that it resolves to is durable and covered by the lease.
 *
 * @param digest of the manifest or index that the reference names
 */
export async function fetchImage(request: PullRequest, digest: Digest, lease: Lease): Promise<FetchedImage> {
  const { manifest, bytes, at } = await fetchManifest(request, digest);
  await lease.add(at.digest, manifest.config.digest, ...manifest.layers.map(({ digest }) => digest));
  const config = await fetchConfig(request, manifest);
  // Unpacked layers are kept by their diffIDs.
  await lease.add(...config.rootfs.diff_ids.map(parseDigest));
  requirePlatform(request, config);
  const pairs = pairLayers(manifest, config);
  await request.context.store.put(bytes, at.mediaType);
  await fetchLayers(request, pairs);
  return { descriptor: { ...at, size: bytes.length }, id: manifest.config.digest };
}

interface FetchedManifest {
  readonly manifest: Manifest;
  readonly bytes: Uint8Array;
  readonly at: Pick<Descriptor, 'mediaType' | 'digest'>;
}

/** Through an index to the manifest of the platform; an index within an index is one step too far. */
async function fetchManifest(request: PullRequest, digest: Digest): Promise<FetchedManifest> {
  const first = await fetchDocument(request, digest);
  if (first.document.kind === 'manifest') return { ...first, manifest: first.document.manifest };
  const chosen = selectPlatform(first.document.index, request.platform);
  const second = await fetchDocument(request, chosen.digest);
  if (second.document.kind === 'manifest') return { ...second, manifest: second.document.manifest };
  throw new GockerError(
    'IMAGE_NESTED_INDEX',
    `cannot pull "${request.reference.repository}": its index names another index for ${formatPlatform(request.platform)} (expected a manifest)`,
    { hint: 'Pull the inner one by its digest.' },
  );
}

async function fetchDocument({ client, context, reference, signal }: PullRequest, digest: Digest) {
  if (context.store.stat(digest) !== undefined) {
    try {
      const bytes = context.store.readDocument(digest);
      const document = parseImageDocument(bytes);
      const declared = document.kind === 'index' ? document.index.mediaType : document.manifest.mediaType;
      const implied = document.kind === 'index' ? OCI_INDEX : OCI_MANIFEST;
      return { document, bytes, at: { digest, mediaType: declared ?? implied } };
    } catch {
      // Rotten here: the registry has it whole.
      await context.store.discardCorrupt(digest);
    }
  }
  const { bytes, mediaType } = await client.fetchManifest(reference, digest, { signal });
  return { document: parseImageDocument(bytes, mediaType), bytes, at: { digest, mediaType } };
}

async function fetchConfig({ client, context, reference, signal }: PullRequest, manifest: Manifest) {
  const { config } = manifest;
  if (config.size > MAX_CONFIG_BYTES) {
    throw new GockerError(
      'CONFIG_TOO_LARGE',
      `cannot pull "${reference.repository}": its config has ${config.size} bytes (expected ${MAX_CONFIG_BYTES} at most)`,
    );
  }
  const fetch = (offset: number) => client.fetchBlob(reference, config, { offset, signal });
  const bytes = await context.store.ingestInto(config, { fetch, consume: collect, signal });
  return parseImageConfig(bytes);
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function requirePlatform({ context, reference, platform, platformRequired }: PullRequest, config: ImageConfig): void {
  if (acceptsPlatform(platform, config)) return;
  const what = `image "${reference.repository}" is made for ${formatPlatform(config)}`;
  if (platformRequired) {
    throw new GockerError(
      'PLATFORM_NOT_FOUND',
      `cannot pull "${reference.repository}": ${what} alone (expected ${formatPlatform(platform)})`,
    );
  }
  context.warn(`${what}, and this machine is ${formatPlatform(platform)}: its programs may not run here`);
}
