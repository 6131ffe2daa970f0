/** What is kept of an unpacked layer beside its tree: `layer.json`. */
import { readFileSync } from 'node:fs';
import { GockerError } from '../../errors/index.ts';
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
 * @returns undefined where there is no such file
 * @throws GockerError `LAYER_RECORD_INVALID`
 */
export function readLayerRecord(path: string): LayerRecord | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined;
    throw error;
  }
  const record = parse(text);
  if (record !== undefined) return record;
  throw new GockerError(
    'LAYER_RECORD_INVALID',
    `cannot read layer record "${path}": damaged (expected what gocker wrote)`,
    {
      hint: 'Remove the folder that it is in, and pull the image again.',
    },
  );
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
