/**
 * Where the store keeps what: an OCI image layout (image-spec v1.1.1 image-layout.md) with one folder more, `ingest/`, for
 * what is not whole yet. Everything under `images/` is one filesystem, so that a rename publishes.
 *
 *   <root>/images/oci-layout            which layout this is
 *   <root>/images/index.json            the names; its folder's flock(2) is the lock of their writers
 *   <root>/images/blobs/<alg>/<hex>     whole, verified, durable
 *   <root>/images/ingest/<alg>-<hex>    the bytes that have come so far; flock(2)ed by the process that fetches them
 *   <root>/images/ingest/lease-<…>      digests that a living process (it holds the flock) relies on
 *   <root>/images/ingest/draft-<…>      a blob of our own making, while a living process (it holds the flock) writes it
 *
 * Every other temporary file has a name that follows from what it will be, so that the next process finds and finishes it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GockerError } from '../errors/index.ts';
import {
  type Digest,
  type DigestAlgorithm,
  digestAlgorithm,
  digestHex,
  isDigest,
  parseImageLayout,
} from '../oci/index.ts';
import { explainAccess } from './access.ts';
import { withDirectoryLock } from './directory-lock.ts';

const algorithms: readonly DigestAlgorithm[] = ['sha256', 'sha512'];

export class Layout {
  readonly root: string;
  readonly images: string;
  readonly blobs: string;
  readonly ingest: string;
  readonly index: string;
  #prepared: Promise<void> | undefined;

  constructor(root: string) {
    this.root = root;
    this.images = join(root, 'images');
    this.blobs = join(this.images, 'blobs');
    this.ingest = join(this.images, 'ingest');
    this.index = join(this.images, 'index.json');
  }

  blob(digest: Digest): string {
    return join(this.blobs, digestAlgorithm(digest), digestHex(digest));
  }

  partial(digest: Digest): string {
    return join(this.ingest, `${digestAlgorithm(digest)}-${digestHex(digest)}`);
  }

  /**
   * Makes whatever is missing; writers call it, readers take what is there. Idempotent, safe in many processes at once.
   *
   * @throws GockerError `LAYOUT_UNSUPPORTED`, `STORE_DENIED`
   */
  prepare(): Promise<void> {
    this.#prepared ??= this.#make().catch((error: unknown) => {
      this.#prepared = undefined;
      throw explainAccess(error, 'write to', this.root);
    });
    return this.#prepared;
  }

  async #make(): Promise<void> {
    const marker = join(this.images, 'oci-layout');
    const parts = [marker, this.index, this.ingest, ...algorithms.map((algorithm) => join(this.blobs, algorithm))];
    if (parts.every((path) => existsSync(path))) return checkMarker(marker);
    const { makeDirectory, replaceFile } = await import('./durable.ts');
    // Others may pass through the root to what is below it; the images themselves are nobody else's business.
    await makeDirectory(this.root, 0o711);
    await makeDirectory(this.images, 0o700);
    await makeDirectory(this.ingest, 0o700);
    await makeDirectory(this.blobs, 0o755);
    for (const algorithm of algorithms) await makeDirectory(join(this.blobs, algorithm), 0o755);
    if (existsSync(marker) && existsSync(this.index)) return checkMarker(marker);
    await withDirectoryLock(this.images, 'exclusive', async () => {
      if (!existsSync(marker)) await replaceFile(marker, '{"imageLayoutVersion":"1.0.0"}', this.ingest);
      if (!existsSync(this.index)) await replaceFile(this.index, '{"schemaVersion":2,"manifests":[]}', this.ingest);
    });
  }
}

/** The digest whose partial has this name in `ingest/`. */
export function digestOfPartial(name: string): Digest | undefined {
  const digest = name.replace('-', ':');
  return isDigest(digest) ? digest : undefined;
}

/** image-layout.md#oci-layout-file: the version changes only with the layout's shape. */
function checkMarker(path: string): void {
  try {
    parseImageLayout(readFileSync(path));
  } catch (cause) {
    throw new GockerError('LAYOUT_UNSUPPORTED', `cannot write to the store: "${path}" is of another layout`, {
      cause,
      hint: 'Another or a newer program made this folder: choose another one with --root or GOCKER_ROOT.',
    });
  }
}
