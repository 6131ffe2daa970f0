/** What the test registry holds: manifests by repository and name, blobs by digest. */
import { type Descriptor, type Digest, sha256Digest } from '../../../src/oci/index.ts';
import type { BuiltImage } from '../images/index.ts';

export interface StoredManifest {
  readonly bytes: Buffer;
  readonly mediaType: string;
}

export class Contents {
  readonly #blobs = new Map<string, Buffer>();
  readonly #repositories = new Map<string, Map<string, StoredManifest>>();

  addBlob(bytes: Buffer, mediaType = 'application/octet-stream'): Descriptor {
    const digest = sha256Digest(bytes);
    this.#blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  }

  /** Puts any bytes under a tag (if one is given) and their digest. */
  addManifest(repository: string, manifest: StoredManifest, tag?: string): Descriptor {
    const digest = sha256Digest(manifest.bytes);
    const names = this.#repositories.get(repository) ?? new Map<string, StoredManifest>();
    this.#repositories.set(repository, names);
    names.set(digest, manifest);
    if (tag !== undefined) names.set(tag, manifest);
    return { mediaType: manifest.mediaType, digest, size: manifest.bytes.length };
  }

  /** Puts an image or index with all that belongs to it. */
  addImage(repository: string, tag: string, image: BuiltImage): Descriptor {
    for (const [digest, bytes] of image.blobs) this.#blobs.set(digest, bytes);
    for (const { bytes, descriptor } of image.manifests)
      this.addManifest(repository, { bytes, mediaType: descriptor.mediaType });
    return this.addManifest(repository, { bytes: image.bytes, mediaType: image.descriptor.mediaType }, tag);
  }

  /** Makes the registry hold these bytes under a digest that is not theirs. */
  forge(digest: Digest, bytes: Buffer): void {
    this.#blobs.set(digest, bytes);
  }

  removeBlob(digest: Digest): void {
    this.#blobs.delete(digest);
  }

  blob(digest: string): Buffer | undefined {
    return this.#blobs.get(digest);
  }

  manifest(repository: string, name: string): StoredManifest | undefined {
    return this.#repositories.get(repository)?.get(name);
  }

  /** @returns undefined where the repository is unknown */
  tags(repository: string): string[] | undefined {
    const names = this.#repositories.get(repository);
    return names && [...names.keys()].filter((name) => !name.includes(':'));
  }
}
