/** Alpine's minirootfs as an image, for registries of tests. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type DiffID, sha256Digest } from '../../src/oci/index.ts';
import { type BuiltImage, type BuiltLayer, buildImage, buildLayer, type TarEntry } from '../support/images/index.ts';

/** @param further layers on top, as lists of tar entries */
export async function alpineImage(
  tarball: string,
  further: readonly (readonly TarEntry[])[] = [],
): Promise<BuiltImage> {
  const blob = readFileSync(tarball);
  const tar = gunzipSync(blob);
  const base: BuiltLayer = {
    tar,
    blob,
    diffID: sha256Digest(tar) as string as DiffID,
    descriptor: {
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
      digest: sha256Digest(blob),
      size: blob.length,
    },
  };
  const layers = await Promise.all(further.map((entries) => buildLayer(entries)));
  const config = { Cmd: ['/bin/sh'], Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'] };
  return buildImage({ layers: [base, ...layers], config });
}
