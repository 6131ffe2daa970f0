/**
 * Where unpacked layers are kept.
 *
 *   layers/<diffID hex>/   diff/ the tree · layer.json    a layer that is right on top of any others
 *   layers/<chainID hex>/  the same                       a layer that is right on top of the layers of its stack alone
 *   layers/ingest/         <chainID hex>/ being unpacked · <chainID hex>.lock · <name>.removed/ being removed
 *
 * A folder stands under its own name only when it is whole and on the disk.
 */
import { join } from 'node:path';
import { chainIDs, type DiffID, digestHex } from '../../oci/index.ts';
import { type LayerRecord, readLayerRecord } from './layer-record.ts';

export const TREE = 'diff';
export const RECORD = 'layer.json';
export const INGEST = 'ingest';

export interface StoredLayer {
  /** Name of its folder. */
  readonly key: string;
  /** Absolute path of its tree. */
  readonly tree: string;
  readonly record: LayerRecord;
}

/**
 * The layers of a stack, bottom first; undefined for each that is not here.
 *
 * @param root the `layers` folder
 * @throws GockerError `LAYER_RECORD_INVALID`
 */
export function findLayers(root: string, stack: readonly DiffID[]): (StoredLayer | undefined)[] {
  const chain = chainIDs(stack);
  return stack.map((diffID, at) => {
    const own = readLayer(root, digestHex(diffID));
    // The bottom layer's diffID is its chainID too; with nothing below it, it can depend on nothing else.
    if (own !== undefined && (at === 0 || !own.record.dependent)) return own;
    const chainID = chain[at];
    return at === 0 || chainID === undefined ? undefined : readLayer(root, digestHex(chainID));
  });
}

/** The topmost layer of a stack. */
export function findLayer(root: string, stack: readonly DiffID[]): StoredLayer | undefined {
  return findLayers(root, stack).at(-1);
}

export function readLayer(root: string, key: string): StoredLayer | undefined {
  const record = readLayerRecord(join(root, key, RECORD));
  return record === undefined ? undefined : { key, tree: join(root, key, TREE), record };
}

/** The name under which the topmost layer of a stack is unpacked, and kept if it depends on those below. */
export function stackKey(stack: readonly DiffID[]): string {
  const chainID = chainIDs(stack).at(-1);
  if (chainID === undefined) throw new RangeError('a stack has one layer at least');
  return digestHex(chainID);
}
