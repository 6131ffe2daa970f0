/** An image as an OCI image layout on disk (image-spec v1.1.1 image-layout.md), for skopeo and umoci to take it from. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Digest } from '../../../src/oci/index.ts';
import type { BuiltImage } from './image.ts';

/**
 * @param folder where it is made
 * @returns skopeo's name for it: `oci:<folder>:it`
 */
export function writeLayout(folder: string, image: BuiltImage): string {
  const annotations = { 'org.opencontainers.image.ref.name': 'it' };
  write(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  write(
    join(folder, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ ...image.descriptor, annotations }] }),
  );
  const blobs: [Digest, Buffer][] = [
    ...[image, ...image.manifests].map(({ descriptor, bytes }): [Digest, Buffer] => [descriptor.digest, bytes]),
    ...image.blobs,
  ];
  for (const [digest, bytes] of blobs) write(join(folder, 'blobs', ...digest.split(':')), bytes);
  return `oci:${folder}:it`;
}

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
