/**
 * The content-addressed store of a root: blobs, and the names that point at them. Any number of processes may use it at
 * once. Readers take no locks and wait for nobody.
 *
 * Readers are loaded with this file, writers when they are first called: most commands only read.
 *
 * A writer goes: take a lease → add the digests to it → ingest what stat() does not find → setName() → release the lease.
 */
import { GockerError } from '../errors/index.ts';
import { type Descriptor, type Digest, sha256Digest } from '../oci/index.ts';
import { type Content, readDocument, readStored, statBlob } from './blobs.ts';
import { withDirectoryLock } from './directory-lock.ts';
import type { Garbage, GarbageOptions } from './garbage.ts';
import { editIndex, readIndex, type StoredImage } from './index-file.ts';
import type { Fetch, IngestOptions } from './ingest.ts';
import type { IngestIntoOptions } from './ingest-into.ts';
import { Layout } from './layout.ts';
import type { Lease } from './lease.ts';
import { addImage, findImage, removeDigest, removeName } from './names.ts';
import type { Finding, VerifyOptions } from './verify.ts';

export interface StoreOptions {
  /** An absolute path; made, with `images/` in it, by the first that writes. */
  readonly root: string;
}

/** Touches nothing yet. */
export function openStore(options: StoreOptions): Store {
  return new Store(new Layout(options.root));
}

export class Store {
  readonly #layout: Layout;

  /** Use `openStore()`. */
  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** The folder that skopeo, crane and umoci read in place: `skopeo inspect oci:<folder>:<name>`. */
  get folder(): string {
    return this.#layout.images;
  }

  /** Bytes of the blob; undefined where the store does not have it. */
  stat(digest: Digest): number | undefined {
    return statBlob(this.#layout, digest);
  }

  /** Where the blob is or would be. Its bytes are read-only for everybody, for ever. */
  path(digest: Digest): string {
    return this.#layout.blob(digest);
  }

  /**
   * The blob's bytes, hashed as they go by: the stream fails at its end if they are not what they should be.
   *
   * @throws GockerError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`
   */
  async *open(digest: Digest): AsyncGenerator<Uint8Array, void, undefined> {
    const { openBlob } = await import('./blob-stream.ts');
    yield* openBlob(this.#layout, digest);
  }

  /**
   * The bytes of a manifest, an index or a config, verified.
   *
   * @param maxBytes 4 MiB where left out
   * @throws GockerError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `DOCUMENT_TOO_LARGE`
   */
  readDocument(digest: Digest, maxBytes?: number): Buffer {
    return readDocument(this.#layout, digest, maxBytes);
  }

  /**
   * The same without hashing them anew: they were verified when they came. For ways on which milliseconds count.
   *
   * @throws GockerError `BLOB_NOT_FOUND`, `DOCUMENT_TOO_LARGE`
   */
  readStored(digest: Digest): Buffer {
    return readStored(this.#layout, digest);
  }

  /** See `ingest()` in ingest.ts: every byte of the blob, while it comes into the store. */
  async *ingest(content: Content, fetch: Fetch, options?: IngestOptions): AsyncGenerator<Uint8Array, void, undefined> {
    const { ingest } = await import('./ingest.ts');
    yield* ingest(this.#layout, content, fetch, options);
  }

  /** See `ingestInto()` in ingest-into.ts: the same with a consumer, and a second try where kept bytes were wrong. */
  async ingestInto<T>(content: Content, options: IngestIntoOptions<T>): Promise<T> {
    const { ingestInto } = await import('./ingest-into.ts');
    return await ingestInto(this.#layout, content, options);
  }

  /** Keeps a small document of our own making. Durable; idempotent. @throws GockerError `DISK_FULL` */
  async put(bytes: Uint8Array, mediaType: string): Promise<Descriptor> {
    const descriptor = { mediaType, digest: sha256Digest(bytes), size: bytes.length };
    await this.ingestInto(descriptor, { fetch: (offset) => oneChunk(bytes.subarray(offset)), consume: async () => {} });
    return descriptor;
  }

  /**
   * Keeps bytes of our own making whose digest is not known before their end, and has the lease protect them.
   *
   * @throws GockerError `DISK_FULL`; what the source throws, and then nothing is left of it
   */
  async keep(bytes: AsyncIterable<Uint8Array>, lease: Lease): Promise<Content> {
    const { keepBytes } = await import('./draft-blob.ts');
    return await keepBytes(this.#layout, bytes, (digest) => lease.add(digest));
  }

  /** Protects blobs from garbage collection until it is released, or this process ends. */
  async lease(): Promise<Lease> {
    const { Lease } = await import('./lease.ts');
    return await Lease.take(this.#layout);
  }

  /** The images, oldest name first; no lock, no network. @throws GockerError `INDEX_INVALID` */
  list(): StoredImage[] {
    return readIndex(this.#layout);
  }

  /**
   * @param name in its normal form: `docker.io/library/alpine:latest`, `docker.io/library/alpine@sha256:…`
   * @throws GockerError `INDEX_INVALID`
   */
  resolveName(name: string): Descriptor | undefined {
    return findImage(readIndex(this.#layout), name)?.descriptor;
  }

  /**
   * Keeps the image under its name, or (pulled by digest) without one. An image that had the name is dangling from then on.
   * Durable once it resolves; idempotent.
   *
   * @throws GockerError `BLOB_NOT_FOUND` where the store lacks its manifest, `INDEX_INVALID`, `DISK_FULL`
   */
  async addImage(image: StoredImage): Promise<void> {
    const { digest } = image.descriptor;
    // What is there now is there until the index says so.
    await this.withoutCollection(async () => {
      if (this.stat(digest) === undefined) {
        throw new GockerError('BLOB_NOT_FOUND', `cannot keep image "${digest}": its manifest is not in the store`);
      }
      await editIndex(this.#layout, (images) => addImage(images, image));
    });
  }

  /** Takes the name away, with its image unless that has another one. @returns whether there was such a name */
  async removeName(name: string): Promise<boolean> {
    return (await this.#remove((images) => removeName(images, name))) > 0;
  }

  /** Takes the image away under all its names. @returns whether there was such an image */
  async removeImage(digest: Digest): Promise<boolean> {
    return (await this.#remove((images) => removeDigest(images, digest))) > 0;
  }

  /** Runs `act` while garbage collection is shut out: what it finds unpacked or stored, and claims, stays. */
  async withoutCollection<T>(act: () => T | Promise<T>): Promise<T> {
    await this.#layout.prepare();
    return await withDirectoryLock(this.#layout.ingest, 'shared', act);
  }

  /** Removes what no image, no lease and nothing in `keep` needs. See garbage.ts. */
  async collectGarbage(options?: GarbageOptions): Promise<Garbage> {
    const { collectGarbage } = await import('./garbage.ts');
    return await collectGarbage(this.#layout, options);
  }

  /** Reads everything once more. See verify.ts. */
  async *verify(options?: VerifyOptions): AsyncGenerator<Finding, void, undefined> {
    const { verifyStore } = await import('./verify.ts');
    yield* verifyStore(this.#layout, options);
  }

  /** Removes the blob if it is corrupt indeed, so that it can be ingested again. @returns whether it was */
  async discardCorrupt(digest: Digest): Promise<boolean> {
    const { discardCorruptBlob } = await import('./discard.ts');
    return await discardCorruptBlob(this.#layout, digest);
  }

  async #remove(edit: (images: StoredImage[]) => StoredImage[]): Promise<number> {
    let removed = 0;
    await editIndex(this.#layout, (images) => {
      const left = edit(images);
      removed = images.length - left.length;
      return left;
    });
    return removed;
  }
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}
