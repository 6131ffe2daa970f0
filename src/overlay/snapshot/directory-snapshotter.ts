/** The snapshotter that works everywhere: each layer unpacked once into a directory, stacked by OverlayFS. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import { byteStringOf } from '../tar/byte-string.ts';
import { metadataOf } from '../unpack/copy-up.ts';
import { applyMetadata } from '../unpack/metadata.ts';
import type { OverlayNamespace } from '../view/whiteout.ts';
import { type IngestLayerOptions, ingestLayer, type LayersOptions } from './ingest-layer.ts';
import { IngestLock } from './ingest-lock.ts';
import { findLayer, findLayers, INGEST, readLayer, type StoredLayer } from './layer-folders.ts';
import type { LayerRecord } from './layer-record.ts';
import type { Snapshotter, Stack } from './snapshotter.ts';
import { rootLayer, stackedTrees } from './stacked-trees.ts';
import { type LayerFinding, type VerifyLayerOptions, verifyLayer } from './verify-layer.ts';

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

  ingestLayer(options: IngestLayerOptions): Promise<LayerRecord> {
    return ingestLayer(this.#layers, options);
  }

  list(): readonly StoredLayer[] {
    return this.#names('').flatMap((key) => (key === INGEST ? [] : (readLayer(this.#layers.root, key) ?? [])));
  }

  async remove(key: string): Promise<void> {
    if (readLayer(this.#layers.root, key) === undefined) return;
    const trash = join(this.#layers.root, INGEST, `${key}.${randomBytes(4).toString('hex')}.removed`);
    mkdirSync(join(this.#layers.root, INGEST), { recursive: true, mode: 0o700 });
    try {
      // At once for all who look; the rest may take its time, or another's.
      renameSync(join(this.#layers.root, key), trash);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
      throw error;
    }
    await rm(trash, { recursive: true, force: true });
  }

  async sweep(): Promise<void> {
    const names = this.#names(INGEST);
    const ingest = join(this.#layers.root, INGEST);
    for (const name of names.filter((name) => name.endsWith('.removed'))) {
      await rm(join(ingest, name), { recursive: true, force: true });
    }
    const keys = names.filter((name) => !name.endsWith('.removed')).map((name) => name.replace(/\.lock$/, ''));
    for (const key of new Set(keys)) {
      const lock = IngestLock.try(join(ingest, `${key}.lock`));
      if (lock === undefined) continue;
      try {
        await rm(join(ingest, key), { recursive: true, force: true });
      } finally {
        lock.release();
      }
    }
  }

  verify(options: VerifyLayerOptions): AsyncIterable<LayerFinding> {
    return verifyLayer(this.#layers, options);
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
