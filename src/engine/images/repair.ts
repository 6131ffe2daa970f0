/** The repairs of `verify --repair`: a bad blob is fetched again, a bad layer unpacked again from its blob. Nothing else. */
import { GockerError } from '../../errors/index.ts';
import { isIndexMediaType, isManifestMediaType, parseReference, type Reference } from '../../oci/index.ts';
import type { EngineContext } from '../context.ts';
import { openSnapshotter } from '../snapshotter.ts';
import type { VerifyFinding, VerifyOptions } from '../types.ts';
import type { Fault } from './check.ts';

type BlobRepair = Extract<NonNullable<Fault['repair']>, { kind: 'blob' }>['blob'];

/** @returns undefined where nothing could be done, and the fault stands */
export async function repairFault(
  context: EngineContext,
  { finding, repair }: Fault,
  options: VerifyOptions,
): Promise<VerifyFinding | undefined> {
  if (repair === undefined) return undefined;
  try {
    if (repair.kind === 'layer') await unpackAgain(context, repair, options);
    else if (repair.blob.images.length === 0) {
      const removed = await context.store.discardCorrupt(repair.blob.digest);
      return removed ? { ...finding, state: 'removed' } : undefined;
    } else await fetchAgain(context, repair.blob, options);
    return { ...finding, state: 'repaired' };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof GockerError)) throw error;
    context.warn(`cannot repair ${finding.kind} "${finding.object}": ${error.message}`);
    return undefined;
  }
}

async function unpackAgain(
  context: EngineContext,
  { stack, blob }: Extract<NonNullable<Fault['repair']>, { kind: 'layer' }>,
  { signal }: VerifyOptions,
): Promise<void> {
  const snapshotter = openSnapshotter(context);
  const key = snapshotter.key(stack);
  if (key !== undefined) await snapshotter.remove(key);
  await snapshotter.ingestLayer({ stack, blob: context.store.open(blob.digest), signal });
}

/** From the first of its images whose registry has it. */
async function fetchAgain(context: EngineContext, blob: BlobRepair, options: VerifyOptions): Promise<void> {
  const references = blob.images.flatMap(({ repoDigest, name }) => referenceOf(repoDigest ?? name));
  let last: unknown;
  for (const reference of references) {
    try {
      return await fetchFrom(context, reference, blob, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      last = error;
    }
  }
  throw last ?? new GockerError('BLOB_UNAVAILABLE', 'no registry is known to have it');
}

async function fetchFrom(
  context: EngineContext,
  reference: Reference,
  { digest, pointer }: BlobRepair,
  { signal = new AbortController().signal, onEvent }: VerifyOptions,
): Promise<void> {
  const { createRegistryClient } = await import('../../registry/index.ts');
  const client = createRegistryClient({ env: context.env, ...(onEvent === undefined ? {} : { onEvent }) });
  try {
    const { mediaType = '', size } = pointer ?? {};
    if (isManifestMediaType(mediaType) || isIndexMediaType(mediaType)) {
      const { bytes } = await client.fetchManifest(reference, digest, { signal });
      await context.store.discardCorrupt(digest);
      await context.store.put(bytes, mediaType);
      return;
    }
    if (size === undefined) throw new GockerError('BLOB_UNAVAILABLE', 'no image tells its size');
    const descriptor = { mediaType, digest, size };
    await context.store.discardCorrupt(digest);
    await context.store.ingestInto(descriptor, {
      signal,
      fetch: (offset) => client.fetchBlob(reference, descriptor, { offset, signal }),
      consume: async () => {},
    });
  } finally {
    await client.close();
  }
}

function referenceOf(name: string | undefined): Reference[] {
  try {
    return name === undefined ? [] : [parseReference(name)];
  } catch {
    return [];
  }
}
