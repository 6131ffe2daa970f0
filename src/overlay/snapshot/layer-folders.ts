/**
 * Where unpacked layers are kept.
 *
 *   layers/<diffID hex>/   diff/ the tree · layer.json    a layer that is right on top of any others
 *   layers/<chainID hex>/  the same                       a layer that is right on top of the layers of its stack alone
 *   layers/ingest/         <chainID hex>/ being unpacked · <chainID hex>.lock · <key>.<random>.removed/ being removed
 *
 * A folder stands under its own name only when it is whole and on the disk.
 */
import { join } from 'node:path';
import { type ChainID, chainIDs, type DiffID, digestHex } from '../../oci/index.ts';
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
 */
export function findLayers(root: string, stack: readonly DiffID[]): (StoredLayer | undefined)[] {
  return positions(stack).map((position) => findAt(root, position));
}

/** The topmost layer of a stack. */
export function findLayer(root: string, stack: readonly DiffID[]): StoredLayer | undefined {
  const top = positions(stack).at(-1);
  return top === undefined ? undefined : findAt(root, top);
}

/** A layer and where in a stack it stands. */
export interface Position {
  readonly diffID: DiffID;
  /** Counted only if it is wanted, since hashing takes 4 ms to load: few layers depend on those below. */
  readonly chainID: () => ChainID | undefined;
  readonly isBottom: boolean;
}

export function positions(stack: readonly DiffID[]): Position[] {
  return stack.map((diffID, at) => ({
    diffID,
    chainID: () => chainIDs(stack.slice(0, at + 1)).at(-1),
    isBottom: at === 0,
  }));
}

export function findAt(root: string, { diffID, chainID, isBottom }: Position): StoredLayer | undefined {
  const own = readLayer(root, digestHex(diffID));
  // The bottom layer's diffID is its chainID too; with nothing below it, it can depend on nothing else.
  if (own !== undefined && (isBottom || !own.record.dependent)) return own;
  const chain = isBottom ? undefined : chainID();
  return chain === undefined ? undefined : readLayer(root, digestHex(chain));
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
