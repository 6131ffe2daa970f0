/**
 * Layers: fetched, verified, decompressed and unpacked in one pass each, several at a time. A layer that is unpacked here
 * already, for whichever image, costs nothing.
 */
import pLimit from 'p-limit';
import type { Descriptor, DiffID } from '../../oci/index.ts';
import { openSnapshotter, stacksOf } from '../snapshotter.ts';
import type { PullRequest } from './request.ts';

/** More do not make a link faster, and each has a decompressor of its own. */
const PARALLEL_LAYERS = 4;

export interface LayerPair {
  readonly descriptor: Descriptor;
  readonly diffID: DiffID;
}

/** The first failure stops the others, and is thrown once they have let go of what they held. */
export async function fetchLayers(request: PullRequest, layers: readonly LayerPair[]): Promise<void> {
  const failed = new AbortController();
  const signal = AbortSignal.any([request.signal, failed.signal]);
  const distinct = new Map(layers.map(({ descriptor }) => [descriptor.digest, descriptor.size]));
  request.onEvent({ kind: 'layers', layers: [...distinct].map(([digest, size]) => ({ digest, size })) });
  const limit = pLimit(PARALLEL_LAYERS);
  const stacks = stacksOf(layers.map((layer) => layer.diffID));
  // Bottom first: a layer that needs what is below it never waits for one that has not begun.
  const work = layers.map(({ descriptor }, at) =>
    limit(async () => {
      signal.throwIfAborted();
      await fetchLayer({ ...request, signal }, descriptor, stacks[at] ?? []);
    }).catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(work);
  request.signal.throwIfAborted();
  if (failed.signal.aborted) throw failed.signal.reason;
  // What pulls left that were killed: a layer that is here already is not unpacked again, and so never met their locks.
  await openSnapshotter(request.context).sweep();
}

async function fetchLayer(request: PullRequest, descriptor: Descriptor, stack: readonly DiffID[]): Promise<void> {
  const { client, context, reference, signal, onEvent } = request;
  const { digest, size } = descriptor;
  const snapshotter = openSnapshotter(context);
  const unpacked = snapshotter.has(stack);
  if (unpacked && context.store.stat(digest) === size) return onEvent({ kind: 'layer', digest, state: 'exists' });
  onEvent({ kind: 'layer', digest, state: 'downloading' });
  let bytes = 0;
  await context.store.ingestInto(descriptor, {
    signal,
    fetch: (offset) => client.fetchBlob(reference, descriptor, { offset, signal }),
    onWaiting: () => onEvent({ kind: 'layer', digest, state: 'waiting' }),
    onBytes: (length) => {
      bytes += length;
      onEvent({ kind: 'download', digest, bytes, total: size });
      if (bytes === size && !unpacked) onEvent({ kind: 'layer', digest, state: 'unpacking' });
    },
    consume: async (blob) => {
      // Called a second time where kept bytes were wrong: then all of them come again.
      bytes = 0;
      if (unpacked) return;
      const onProgress = (unpackedBytes: number) => onEvent({ kind: 'unpack', digest, bytes: unpackedBytes });
      await snapshotter.ingestLayer({ stack, blob, signal, onProgress });
    },
  });
  onEvent({ kind: 'layer', digest, state: 'complete' });
}
