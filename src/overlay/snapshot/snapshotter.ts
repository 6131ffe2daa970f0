/** Layers in, mounts out: what each kind of snapshotter does, whatever it keeps on the disk. */
import type { DiffID } from '../../oci/index.ts';
import type { IngestLayerOptions } from './ingest-layer.ts';
import type { LayerRecord } from './layer-record.ts';
import type { LayerFinding, VerifyLayerOptions } from './verify-layer.ts';

/** The diffIDs of a layer and of all that it stands on: bottom first, itself last. The same layer elsewhere may differ. */
export type Stack = readonly DiffID[];

export interface Snapshotter {
  /** True where the topmost layer of the stack is unpacked here. */
  has(stack: Stack): boolean;

  /** Bytes of its files; undefined where it is not here. */
  size(stack: Stack): number | undefined;

  /**
   * All trees of the stack, top first, as OverlayFS's `lowerdir`s; undefined where one is missing. There may be fewer than
   * layers: one that is hidden altogether is left out.
   */
  lowerdirs(stack: Stack): readonly string[] | undefined;

  /** The tree whose root directory is the merged tree's; undefined where there is none. */
  root(stack: Stack): string | undefined;

  /**
   * Makes the writable directories of a container. `upperdir` is what the root of the merged tree looks like, so it gets
   * the root's owner, permissions, attributes and time.
   *
   * @throws GockerError `LAYER_MISSING`
   */
  prepare(stack: Stack, writable: { readonly upperdir: string; readonly workdir: string }): void;

  /**
   * Unpacks the topmost layer of the stack from its blob. Many may be unpacked at once, by many processes: of each layer
   * one does the work and the others wait. It may wait for layers below, which must therefore be begun before it or by
   * others. When it resolves the layer is whole and on the disk; when it does not, nothing of it is left.
   *
   * The blob is always read to its end, unless there is an error.
   *
   * @throws GockerError `DIFF_ID_MISMATCH`, `DISK_FULL`, `DEVICE_DENIED`, `LAYER_…`; the signal's reason; the blob's errors
   */
  ingestLayer(options: IngestLayerOptions): Promise<LayerRecord>;

  /** Every layer that is here, by its key. */
  list(): readonly { readonly key: string; readonly record: LayerRecord }[];

  /** The key of the topmost layer of the stack; undefined where it is not here. */
  key(stack: Stack): string | undefined;

  /** Removes a layer, whoever uses it. Idempotent. */
  remove(key: string): Promise<void>;

  /** Removes what processes left that died unpacking or removing, and folders that are damaged beyond use. */
  sweep(): Promise<void>;

  /** Compares the topmost layer of the stack with its blob, byte for byte; yields what differs. */
  verify(options: VerifyLayerOptions): AsyncIterable<LayerFinding>;
}
