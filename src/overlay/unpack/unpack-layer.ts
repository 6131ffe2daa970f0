/** One pass from a blob to a tree: decompressed, digested, unpacked. */
import { createHash } from 'node:crypto';
import { GockerError } from '../../errors/index.ts';
import { type DiffID, digestAlgorithm } from '../../oci/index.ts';
import { decompress } from '../compression/decompress.ts';
import { byteStringOf } from '../tar/byte-string.ts';
import { TarReader } from '../tar/tar-reader.ts';
import type { OverlayNamespace } from '../view/whiteout.ts';
import { adoptedMetadata } from './copy-up.ts';
import { LayerDirectory } from './layer-directory.ts';
import { LayerUnpacker } from './layer-unpacker.ts';
import { LowerLayers } from './lower-layers.ts';
import { Turns } from './turns.ts';

/** Of the tar: some hundred files at most. */
const SLICE = 1 << 17;

export interface UnpackLayerOptions {
  /** An empty directory of our own, in a folder that nobody else may enter. */
  readonly tree: string;
  readonly diffID: DiffID;
  /** Resolves with the trees of the layers below, top first, when they are there; called only if one is needed. */
  readonly lowerdirs: () => Promise<readonly string[]>;
  readonly namespace: OverlayNamespace;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

export interface UnpackedLayer {
  readonly size: number;
  readonly entries: number;
  readonly dependent: boolean;
  readonly hasRoot: boolean;
  readonly opaqueRoot: boolean;
}

/**
 * The source is read to its end, what follows the archive included: all of it is in the diffID. On an error the tree is
 * left half made, for the caller to remove.
 *
 * @throws GockerError `DIFF_ID_MISMATCH`, `DISK_FULL`, `DEVICE_DENIED`, `LAYER_…` (see LayerFault), `LAYER_UNPACK_FAILED`;
 *   the signal's reason; what the source throws
 */
export async function unpackLayer(
  blob: AsyncIterable<Uint8Array>,
  { tree, diffID, lowerdirs, namespace, signal, onProgress }: UnpackLayerOptions,
): Promise<UnpackedLayer> {
  const root = new LayerDirectory(byteStringOf(tree));
  const lower = new LowerLayers(lowerdirs, namespace);
  const unpacker = new LayerUnpacker(root, lower, namespace);
  const reader = new TarReader(unpacker);
  const algorithm = digestAlgorithm(diffID);
  const hash = createHash(algorithm);
  const turns = new Turns();
  try {
    for await (const chunk of decompress(blob)) {
      signal?.throwIfAborted();
      hash.update(chunk);
      for (let offset = 0; offset < chunk.length; offset += SLICE) {
        await reader.write(chunk.subarray(offset, offset + SLICE));
        await turns.next();
      }
      onProgress?.(unpacker.bytes);
    }
    await reader.end();
    const found = `${algorithm}:${hash.digest('hex')}`;
    if (found !== diffID) throw diffIDMismatch(diffID, found);
    const hasRoot = root.metadata !== undefined;
    root.metadata ??= adoptedMetadata(undefined);
    await unpacker.finish();
    const { entries } = reader;
    return { size: unpacker.bytes, entries, dependent: lower.wereAsked, hasRoot, opaqueRoot: root.opaque };
  } finally {
    reader.destroy();
    unpacker.close();
  }
}

function diffIDMismatch(diffID: DiffID, found: string): GockerError {
  return new GockerError(
    'DIFF_ID_MISMATCH',
    `cannot use layer: its tar is ${found} (expected ${diffID}, as the image's config says)`,
    { hint: 'The image is broken or was tampered with: ask its publisher, or pull another tag.' },
  );
}
