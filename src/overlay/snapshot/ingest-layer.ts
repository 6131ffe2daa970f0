/**
 * A layer from its blob to its folder: decompress, digest, unpack in one pass; then to the disk; then under its name. At
 * any moment the process may be killed: until the last step there is only a folder in `ingest`, which the next ingest of
 * that layer, or a sweep, recognises by its free lock and removes.
 */
import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type DiffID, digestHex } from '../../oci/index.ts';
import { removeTree } from '../remove-tree.ts';
import { unpackLayer } from '../unpack/unpack-layer.ts';
import type { OverlayNamespace } from '../view/whiteout.ts';
import { discardFolder } from './discard-folder.ts';
import { EarlyWriteback } from './early-writeback.ts';
import { IngestLock } from './ingest-lock.ts';
import {
  findAt,
  findLayer,
  INGEST,
  positions,
  RECORD,
  readLayer,
  type StoredLayer,
  stackKey,
  TREE,
} from './layer-folders.ts';
import { formatLayerRecord, type LayerRecord } from './layer-record.ts';
import { poll } from './poll.ts';
import { syncShared } from './shared-sync.ts';
import { stackedTrees } from './stacked-trees.ts';

export interface IngestLayerOptions {
  /** The layer, with all that it stands on: bottom first, itself last. */
  readonly stack: readonly DiffID[];
  /** The blob as it was fetched. */
  readonly blob: AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes of files that are unpacked so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

export interface LayersOptions {
  /** The `layers` folder. */
  readonly root: string;
  readonly namespace: OverlayNamespace;
}

/** See `Snapshotter.ingestLayer`. */
export async function ingestLayer(layers: LayersOptions, options: IngestLayerOptions): Promise<LayerRecord> {
  const { stack, blob, signal } = options;
  const { root } = layers;
  const key = stackKey(stack);
  const ingest = join(root, INGEST);
  mkdirSync(ingest, { recursive: true, mode: 0o700 });
  const taken = await poll<IngestLock | StoredLayer>(
    () => findLayer(root, stack) ?? IngestLock.try(join(ingest, `${key}.lock`)),
    signal,
  );
  if (!(taken instanceof IngestLock)) return await drain(blob, taken);
  const draft = join(ingest, key);
  try {
    // Its last owner may have finished just before the lock was ours; or died, and left a draft.
    const found = findLayer(root, stack);
    if (found !== undefined) return await drain(blob, found);
    await removeTree(draft);
    makePrivateFolder(draft);
    const record = await fill(layers, draft, options);
    await publish(root, draft, record, key);
    return record;
  } finally {
    await removeTree(draft).finally(() => taken.release());
  }
}

/** The layer is here: the blob is read all the same, since whoever keeps it may get it by this reading. */
async function drain(blob: AsyncIterable<Uint8Array>, { record }: StoredLayer): Promise<LayerRecord> {
  for await (const _ of blob);
  return record;
}

/** Nobody else comes in; and no setgid bit is inherited, which would give the files below another group. */
export function makePrivateFolder(path: string): void {
  mkdirSync(path, { mode: 0o700 });
  chownSync(path, process.geteuid?.() ?? 0, process.getegid?.() ?? 0);
  chmodSync(path, 0o700);
}

async function fill(layers: LayersOptions, draft: string, options: IngestLayerOptions): Promise<LayerRecord> {
  const { stack, blob, signal, onProgress } = options;
  const below = stack.slice(0, -1);
  const [diffID] = stack.slice(-1);
  if (diffID === undefined) throw new RangeError('a stack has one layer at least');
  const lowerdirs = () => allOf(layers.root, below, signal);
  const tree = join(draft, TREE);
  mkdirSync(tree, { mode: 0o700 });
  const writeback = new EarlyWriteback(layers.root);
  const unpacked = await unpackLayer(blob, {
    tree,
    diffID,
    lowerdirs,
    namespace: layers.namespace,
    signal,
    onProgress: (bytes) => {
      writeback.advance(bytes);
      onProgress?.(bytes);
    },
  });
  await writeback.finish();
  const record: LayerRecord = { version: 1, diffID, ...unpacked };
  writeFileSync(join(draft, RECORD), formatLayerRecord(record), { mode: 0o600 });
  return record;
}

/** The trees of the layers below, top first, once all of them are here: others are unpacking them. */
async function allOf(root: string, stack: readonly DiffID[], signal?: AbortSignal): Promise<readonly string[]> {
  const layers: StoredLayer[] = [];
  for (const position of positions(stack)) {
    // One at a time, bottom first: many may wait for many.
    const layer = await poll(() => findAt(root, position), signal);
    layers.push(layer);
  }
  return stackedTrees(layers) ?? [];
}

/** From here on it is the layer, also after a power cut. */
async function publish(root: string, draft: string, record: LayerRecord, key: string): Promise<void> {
  await syncShared(root);
  const name = record.dependent ? key : digestHex(record.diffID);
  // Folders come with their records, so one without was damaged. Looked at in this order: one may come right now.
  if (existsSync(join(root, name)) && readLayer(root, name) === undefined) await discardFolder(root, name);
  try {
    renameSync(draft, join(root, name));
  } catch (error) {
    // Another stack with the same layer was faster: theirs is as good, and ours goes with the draft.
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
  const folder = await open(root, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
