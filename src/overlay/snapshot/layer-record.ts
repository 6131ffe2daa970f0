/** What is kept of an unpacked layer beside its tree: `layer.json`. */
import { readFileSync } from 'node:fs';
import { type DiffID, isDigest } from '../../oci/index.ts';

export interface LayerRecord {
  readonly version: 1;
  readonly diffID: DiffID;
  /** Bytes of its files: what docker counts as a layer's size. */
  readonly size: number;
  /** Entries of its tar. */
  readonly entries: number;
  /** True where the tree is right only on top of the layers that it was unpacked upon. */
  readonly dependent: boolean;
  /** True where the tar says what the root directory looks like; where not, the layers below do. */
  readonly hasRoot: boolean;
  /** True where nothing of the layers below is to be seen. */
  readonly opaqueRoot: boolean;
}

/**
 * A folder whose record is damaged is no layer: it is unpacked again.
 *
 * @returns undefined where there is no such file, or not what gocker wrote
 */
export function readLayerRecord(path: string): LayerRecord | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      return undefined;
    }
    throw error;
  }
  return parse(text);
}

export function formatLayerRecord(record: LayerRecord): string {
  return `${JSON.stringify(record)}\n`;
}

function parse(text: string): LayerRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Partial<Record<keyof LayerRecord, unknown>>;
  const flags = [record.dependent, record.hasRoot, record.opaqueRoot].every((flag) => typeof flag === 'boolean');
  const numbers = [record.size, record.entries].every((number) => Number.isSafeInteger(number));
  return record.version === 1 && isDigest(record.diffID) && flags && numbers ? (value as LayerRecord) : undefined;
}
