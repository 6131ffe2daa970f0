/** Images that are here: found by name, digest or id, and read as documents. No network. */
import { GockerError } from '../../errors/index.ts';
import {
  type Descriptor,
  type Digest,
  digestHex,
  formatReference,
  hostPlatform,
  type ImageConfig,
  type Manifest,
  type Platform,
  parseImageConfig,
  parseImageDocument,
  parseReference,
  type Reference,
  selectPlatform,
} from '../../oci/index.ts';
import type { Store, StoredImage } from '../../store/index.ts';

export interface LoadedImage {
  /** The line of the index that it was found by. */
  readonly entry: StoredImage;
  /** Of the platform manifest, where the entry is an index. */
  readonly descriptor: Descriptor;
  readonly manifest: Manifest;
  readonly config: ImageConfig;
  /** Digest of the config. */
  readonly id: Digest;
}

/** @throws GockerError `BLOB_NOT_FOUND`, `BLOB_CORRUPT` and those of the documents' parsers */
export function loadImage(store: Store, entry: StoredImage, platform: Platform = hostPlatform()): LoadedImage {
  const document = parseImageDocument(store.readStored(entry.descriptor.digest), entry.descriptor.mediaType);
  if (document.kind === 'index') {
    // Other programs keep whole indexes in a layout.
    const descriptor = selectPlatform(document.index, platform);
    return { ...loadImage(store, { descriptor }, platform), entry };
  }
  const { manifest } = document;
  const config = parseImageConfig(store.readStored(manifest.config.digest));
  return { entry, descriptor: entry.descriptor, manifest, config, id: manifest.config.digest };
}

/**
 * By a name with its tag, by `name@digest`, else by id or a unique prefix of one: docker's order.
 *
 * @throws GockerError `IMAGE_AMBIGUOUS`
 */
export function findImage(store: Store, text: string): LoadedImage | undefined {
  const named = findByReference(store, text);
  if (named !== undefined) return loadImage(store, named);
  const found = findByID(store, text);
  if (new Set(found.map((image) => image.id)).size > 1) {
    throw new GockerError('IMAGE_AMBIGUOUS', `cannot find image "${text}": ids of several images begin so`, {
      hint: 'Give more letters of the id, or a name.',
    });
  }
  return found[0];
}

/** @throws GockerError `IMAGE_NOT_FOUND`, `IMAGE_AMBIGUOUS` */
export function requireImage(store: Store, text: string): LoadedImage {
  const image = findImage(store, text);
  if (image !== undefined) return image;
  throw new GockerError('IMAGE_NOT_FOUND', `cannot find image "${text}": it is not here`, {
    hint: 'See "gocker images" for those there are, or pull it.',
  });
}

export function findByReference(store: Store, text: string): StoredImage | undefined {
  let reference: Reference;
  try {
    reference = parseReference(text);
  } catch {
    return undefined;
  }
  const images = store.list();
  const full = formatReference(reference);
  const named = images.find((image) => image.name === full);
  if (named !== undefined || reference.digest === undefined) return named;
  const repoDigest = `${reference.registry}/${reference.repository}@${reference.digest}`;
  return images.find((image) => image.repoDigest === repoDigest);
}

/** Every line of the index whose image has an id that begins so. Images that cannot be read have no id. */
export function findByID(store: Store, text: string): LoadedImage[] {
  const prefix = text.replace(/^sha256:/, '');
  if (!/^[a-f0-9]+$/.test(prefix)) return [];
  return loadAll(store, () => {}).filter((image) => digestHex(image.id).startsWith(prefix));
}

/** All images that can be read; `onBroken` hears of the others. */
export function loadAll(store: Store, onBroken: (entry: StoredImage, error: GockerError) => void): LoadedImage[] {
  return store.list().flatMap((entry) => {
    try {
      return loadImage(store, entry);
    } catch (error) {
      if (!(error instanceof GockerError)) throw error;
      onBroken(entry, error);
      return [];
    }
  });
}
