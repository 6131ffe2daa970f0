/** Alpine's minirootfs as an image, for registries of tests. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type DiffID, type ExecutionConfig, sha256Digest } from '../../src/oci/index.ts';
import { type BuiltImage, type BuiltLayer, buildImage, buildLayer, type TarEntry } from '../support/images/index.ts';

/**
 * @param further layers on top, as lists of tar entries
 * @param config what the image's says otherwise than a shell and a PATH
 */
export async function alpineImage(
  tarball: string,
  further: readonly (readonly TarEntry[])[] = [],
  config: ExecutionConfig = {},
): Promise<BuiltImage> {
  const layers = await Promise.all(further.map((entries) => buildLayer(entries)));
  return buildImage({
    layers: [alpineLayer(tarball), ...layers],
    config: {
      Cmd: ['/bin/sh'],
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      ...config,
    },
  });
}

const layers = new Map<string, BuiltLayer>();

function alpineLayer(tarball: string): BuiltLayer {
  const known = layers.get(tarball);
  if (known !== undefined) return known;
  const blob = readFileSync(tarball);
  const tar = gunzipSync(blob);
  const layer: BuiltLayer = {
    tar,
    blob,
    diffID: sha256Digest(tar) as string as DiffID,
    descriptor: {
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
      digest: sha256Digest(blob),
      size: blob.length,
    },
  };
  layers.set(tarball, layer);
  return layer;
}
