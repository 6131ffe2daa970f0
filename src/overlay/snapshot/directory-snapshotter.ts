/**
 * The snapshotter that works everywhere: each layer unpacked once into a directory, stacked by OverlayFS. What unpacks is
 * loaded when it is first wanted: a run needs none of it.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import { removeTree } from '../remove-tree.ts';
import { byteStringOf } from '../tar/byte-string.ts';
import { metadataOf } from '../unpack/copy-up.ts';
import { applyMetadata } from '../unpack/metadata.ts';
import type { OverlayNamespace } from '../view/whiteout.ts';
import { DISCARDED, discardFolder } from './discard-folder.ts';
import type { IngestLayerOptions, LayersOptions } from './ingest-layer.ts';
import { IngestLock } from './ingest-lock.ts';
import { findLayer, findLayers, INGEST, readLayer, type StoredLayer } from './layer-folders.ts';
import type { LayerRecord } from './layer-record.ts';
import type { Snapshotter, Stack } from './snapshotter.ts';
import { rootLayer, stackedTrees } from './stacked-trees.ts';
import type { LayerFinding, VerifyLayerOptions } from './verify-layer.ts';

export class DirectorySnapshotter implements Snapshotter {
  readonly #layers: LayersOptions;

  /** @param root the `layers` folder; made by the first ingest. Nothing is read before it is asked for */
  constructor(root: string, namespace: OverlayNamespace = 'trusted') {
    this.#layers = { root, namespace };
  }

  has(stack: Stack): boolean {
    return findLayer(this.#layers.root, stack) !== undefined;
  }

  size(stack: Stack): number | undefined {
    return findLayer(this.#layers.root, stack)?.record.size;
  }

  key(stack: Stack): string | undefined {
    return findLayer(this.#layers.root, stack)?.key;
  }

  lowerdirs(stack: Stack): readonly string[] | undefined {
    return stackedTrees(findLayers(this.#layers.root, stack));
  }

  root(stack: Stack): string | undefined {
    const layers = findLayers(this.#layers.root, stack);
    return rootLayer(layers.filter((layer): layer is StoredLayer => layer !== undefined))?.tree;
  }

  prepare(stack: Stack, { upperdir, workdir }: { readonly upperdir: string; readonly workdir: string }): void {
    const layers = findLayers(this.#layers.root, stack);
    const missing = stack[layers.indexOf(undefined)];
    if (missing !== undefined) {
      throw new GockerError(
        'LAYER_MISSING',
        `cannot stack layers: ${missing} is not unpacked here (expected all of them)`,
        {
          hint: 'Pull the image again.',
        },
      );
    }
    const root = rootLayer(layers.filter((layer): layer is StoredLayer => layer !== undefined));
    mkdirSync(workdir, { mode: 0o700 });
    mkdirSync(upperdir, { mode: 0o755 });
    if (root !== undefined) applyMetadata(byteStringOf(upperdir), 'directory', metadataOf(root.tree));
  }

  async ingestLayer(options: IngestLayerOptions): Promise<LayerRecord> {
    const { ingestLayer } = await import('./ingest-layer.ts');
    return await ingestLayer(this.#layers, options);
  }

  list(): readonly StoredLayer[] {
    return this.#names('').flatMap((key) => (key === INGEST ? [] : (readLayer(this.#layers.root, key) ?? [])));
  }

  remove(key: string): Promise<void> {
    return discardFolder(this.#layers.root, key);
  }

  async sweep(): Promise<void> {
    const { root } = this.#layers;
    const damaged = this.#names('').filter((key) => key !== INGEST && readLayer(root, key) === undefined);
    for (const key of damaged) await discardFolder(root, key);
    const [discarded, drafts] = [new Set<string>(), new Set<string>()];
    for (const name of this.#names(INGEST)) {
      if (name.endsWith(DISCARDED)) discarded.add(name);
      else drafts.add(name.replace(/\.lock$/, ''));
    }
    for (const name of discarded) await removeTree(join(root, INGEST, name));
    for (const key of drafts) await sweepDraft(join(root, INGEST, key));
  }

  async *verify(options: VerifyLayerOptions): AsyncGenerator<LayerFinding> {
    const { verifyLayer } = await import('./verify-layer.ts');
    yield* verifyLayer(this.#layers, options);
  }

  #names(folder: string): string[] {
    try {
      return readdirSync(join(this.#layers.root, folder));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    }
  }
}

/** Removes what a process left that died while it unpacked a layer; nothing while one does. */
async function sweepDraft(draft: string): Promise<void> {
  const lock = IngestLock.try(`${draft}.lock`);
  if (lock === undefined) return;
  try {
    await removeTree(draft);
  } finally {
    lock.release();
  }
}
