/** The `oci-layout` file, image-spec v1.1.1 image-layout.md#oci-layout-file. */
import { JsonValue } from './json.ts';

export interface ImageLayout {
  readonly imageLayoutVersion: '1.0.0';
}

/** @throws GockerError `DOCUMENT_INVALID` */
export function parseImageLayout(bytes: Uint8Array | string): ImageLayout {
  const version = JsonValue.parse('oci-layout', bytes).field('imageLayoutVersion');
  return { imageLayoutVersion: version.string() === '1.0.0' ? '1.0.0' : version.refuse('"1.0.0"') };
}
