/**
 * Does a tree still hold what its blob does? The blob is unpacked once more, beside it, and the two are compared entry by
 * entry: no list of checksums is kept that could rot with the files, and unpacking need not make one. Costs what a pull
 * from the store costs, and the layer's size on the disk for as long as it takes.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DiffID } from '../../oci/index.ts';
import { removeTree } from '../remove-tree.ts';
import { unpackLayer } from '../unpack/unpack-layer.ts';
import { compareTrees, type Difference } from './compare-trees.ts';
import { type LayersOptions, makePrivateFolder } from './ingest-layer.ts';
import { IngestLock } from './ingest-lock.ts';
import { findLayer, findLayers, INGEST, stackKey, TREE } from './layer-folders.ts';
import { stackedTrees } from './stacked-trees.ts';

export interface VerifyLayerOptions {
  readonly stack: readonly DiffID[];
  /** Its blob, verified: of a damaged one nothing can be said but that. */
  readonly blob: AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal | undefined;
}

export type LayerFinding =
  /** The layer, or one below that it depends on, is not unpacked here. */
  { readonly kind: 'missing' } | { readonly kind: 'different'; readonly difference: Difference };

/** @throws as unpacking does */
export async function* verifyLayer(
  { root, namespace }: LayersOptions,
  { stack, blob, signal }: VerifyLayerOptions,
): AsyncGenerator<LayerFinding> {
  const layer = findLayer(root, stack);
  const [diffID] = stack.slice(-1);
  const below = stackedTrees(findLayers(root, stack.slice(0, -1)));
  if (layer === undefined || diffID === undefined || (layer.record.dependent && below === undefined)) {
    yield { kind: 'missing' };
    return;
  }
  const ingest = join(root, INGEST);
  mkdirSync(ingest, { recursive: true, mode: 0o700 });
  // Under the name, and the lock, of an ingest of the same layer: whoever sweeps sees that it is alive.
  const key = stackKey(stack);
  const lock = await IngestLock.take(join(ingest, `${key}.lock`), signal);
  const fresh = join(ingest, key);
  try {
    await removeTree(fresh);
    makePrivateFolder(fresh);
    const tree = join(fresh, TREE);
    mkdirSync(tree, { mode: 0o700 });
    const lowerdirs = async () => below ?? [];
    await unpackLayer(blob, { tree, diffID, lowerdirs, namespace, signal });
    for await (const difference of compareTrees(tree, layer.tree)) {
      signal?.throwIfAborted();
      yield { kind: 'different', difference };
    }
  } finally {
    await removeTree(fresh);
    lock.release();
  }
}
