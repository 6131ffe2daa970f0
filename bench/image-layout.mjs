/** An OCI image layout of given layers: image-spec v1.1.1 image-layout.md. */
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {{ blob: string, digest: string, size: number, diffID: string }} Layer */

/** @param {string} folder @param {Layer[]} layers bottom first */
export function writeLayout(folder, layers) {
  const blobs = join(folder, 'blobs', 'sha256');
  mkdirSync(blobs, { recursive: true });
  for (const { blob, digest } of layers) copyFileSync(blob, join(blobs, digest.slice('sha256:'.length)));
  const put = (/** @type {string} */ mediaType, /** @type {object} */ document) => {
    const bytes = JSON.stringify(document);
    const hex = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(join(blobs, hex), bytes);
    return { mediaType, digest: `sha256:${hex}`, size: Buffer.byteLength(bytes) };
  };
  const config = put('application/vnd.oci.image.config.v1+json', {
    os: 'linux',
    architecture: { x64: 'amd64', ia32: '386' }[String(process.arch)] ?? process.arch,
    config: { Cmd: ['/bin/sh'], Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'] },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffID }) => diffID) },
    history: layers.map((_, index) => ({ created_by: `gocker bench, layer ${index + 1}` })),
  });
  const manifestType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = put(manifestType, {
    schemaVersion: 2,
    mediaType: manifestType,
    config,
    layers: layers.map(({ digest, size }) => ({
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
      digest,
      size,
    })),
  });
  const annotations = { 'org.opencontainers.image.ref.name': '1' };
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(
    join(folder, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }),
  );
}
