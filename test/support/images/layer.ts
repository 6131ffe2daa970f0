/** Layers of synthetic images: a tar, its diffID, and the blob as a registry holds it. */
import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { type Descriptor, type DiffID, sha256Digest } from '../../../src/oci/index.ts';
import { buildTar, type TarEntry } from './tar.ts';

export type Compression = 'gzip' | 'zstd' | 'none';

export interface BuiltLayer {
  readonly tar: Buffer;
  readonly diffID: DiffID;
  readonly blob: Buffer;
  readonly descriptor: Descriptor;
}

const ociMediaTypes: Readonly<Record<Compression, string>> = {
  gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  none: 'application/vnd.oci.image.layer.v1.tar',
};

export async function buildLayer(
  entries: readonly TarEntry[] | Buffer,
  compression: Compression = 'gzip',
): Promise<BuiltLayer> {
  const tar = Buffer.isBuffer(entries) ? entries : await buildTar(entries);
  const blob = compress(tar, compression);
  return {
    tar,
    diffID: sha256Digest(tar) as string as DiffID,
    blob,
    descriptor: { mediaType: ociMediaTypes[compression], digest: sha256Digest(blob), size: blob.length },
  };
}

function compress(tar: Buffer, compression: Compression): Buffer {
  if (compression === 'gzip') return gzipSync(tar, { level: 1 });
  // zstd(1): node:zlib has it from 22.15 on only.
  if (compression === 'zstd') return execFileSync('zstd', ['-q', '-c'], { input: tar, maxBuffer: 1 << 30 });
  return tar;
}
