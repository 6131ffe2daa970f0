/**
 * `index.json`, image-spec v1.1.1 image-layout.md#indexjson-file: the names of the store and the only thing in it that
 * changes. Readers take no lock, since it is replaced as a whole; writers hold that of its folder.
 */
import { readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { GockerError } from '../errors/index.ts';
import { type Descriptor, isDigest, parseImageIndex } from '../oci/index.ts';
import { explainAccess } from './access.ts';
import { withDirectoryLock } from './directory-lock.ts';
import { explainFullDisk } from './disk-space.ts';
import type { Layout } from './layout.ts';

/** image-spec v1.1.1 annotations.md: what skopeo, crane and umoci find an image by. */
const REF_NAME = 'org.opencontainers.image.ref.name';
/** Ours: `repository@digest`, the name by which a registry would give this very image again. */
const REPO_DIGEST = 'io.gocker.repo-digest';

/** One line of the index: an image that is kept, by name or without one. */
export interface StoredImage {
  /** Without the annotations that the two below stand for. */
  readonly descriptor: Descriptor;
  /** The reference in its normal form: `docker.io/library/alpine:latest`. Other programs may have written other texts. */
  readonly name?: string;
  /** `docker.io/library/alpine@sha256:…` */
  readonly repoDigest?: string;
}

/**
 * The images, in the order in which they came; none where there is no index yet. Entries of digest algorithms that we
 * cannot verify are left out (and left alone).
 *
 * @throws GockerError `INDEX_INVALID`, naming the file; `STORE_DENIED`
 */
export function readIndex(layout: Layout): StoredImage[] {
  return parseIndex(layout).entries.flatMap((entry) => entry.image ?? []);
}

/**
 * Changes the images: `edit` gets those there are and gives those there shall be, the untouched ones as the same objects.
 * One writer at a time; the new index is durable once this resolves.
 *
 * @throws GockerError `INDEX_INVALID`, `DISK_FULL`
 */
export async function editIndex(layout: Layout, edit: (images: StoredImage[]) => StoredImage[]): Promise<void> {
  await layout.prepare();
  await withDirectoryLock(layout.images, 'exclusive', async () => {
    const { document, entries } = parseIndex(layout);
    const before = entries.flatMap((entry) => entry.image ?? []);
    const after = edit(before);
    const changed = after.length !== before.length || after.some((image, at) => image !== before[at]);
    // A writer that was killed may have left this; who has nothing to write takes it away.
    if (!changed) return rmSync(join(layout.ingest, basename(layout.index)), { force: true });
    const raw = new Map(entries.map((entry) => [entry.image, entry.raw]));
    const alien = entries.filter((entry) => entry.image === undefined).map((entry) => entry.raw);
    const manifests = [...alien, ...after.map((image) => raw.get(image) ?? formatEntry(image))];
    const text = JSON.stringify({ ...document, manifests });
    const { replaceFile } = await import('./durable.ts');
    await replaceFile(layout.index, text, layout.ingest).catch((error: unknown) => {
      throw explainFullDisk(error, `"${layout.index}"`, text.length, layout.ingest);
    });
  });
}

interface Entry {
  /** As it stands in the file, with what other programs wrote into it. */
  readonly raw: unknown;
  readonly image: StoredImage | undefined;
}

interface IndexFile {
  readonly document: object;
  readonly entries: readonly Entry[];
}

function parseIndex(layout: Layout): IndexFile {
  let text: string;
  try {
    text = readFileSync(layout.index, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { document: {}, entries: [] };
    throw explainAccess(error, 'read', layout.root);
  }
  try {
    const { manifests } = parseImageIndex(text);
    const document = JSON.parse(text) as { readonly manifests: readonly unknown[] };
    return {
      document,
      entries: manifests.map((found, at) => ({ raw: document.manifests[at], image: imageOf(found) })),
    };
  } catch (cause) {
    throw new GockerError('INDEX_INVALID', `cannot read "${layout.index}": ${(cause as Error).message}`, {
      cause,
      hint: 'Move the file away and pull or tag the images anew: what they consist of is still there.',
    });
  }
}

function imageOf(found: Descriptor): StoredImage | undefined {
  if (!isDigest(found.digest)) return undefined;
  const { [REF_NAME]: name, [REPO_DIGEST]: repoDigest, ...others } = found.annotations ?? {};
  const { annotations: _, ...bare } = found;
  return {
    descriptor: Object.keys(others).length === 0 ? bare : { ...bare, annotations: others },
    ...(name === undefined ? {} : { name }),
    ...(repoDigest === undefined ? {} : { repoDigest }),
  };
}

function formatEntry({ descriptor, name, repoDigest }: StoredImage): Descriptor {
  const annotations = {
    ...descriptor.annotations,
    ...(name === undefined ? {} : { [REF_NAME]: name }),
    ...(repoDigest === undefined ? {} : { [REPO_DIGEST]: repoDigest }),
  };
  return Object.keys(annotations).length === 0 ? descriptor : { ...descriptor, annotations };
}
