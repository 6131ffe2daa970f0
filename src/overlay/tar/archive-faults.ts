/** What can be wrong with an archive as a whole, or with the framing of its entries. */
import { layerError } from '../layer-error.ts';
import { shown } from './byte-string.ts';
import type { TarEntry } from './tar-entry.ts';

export function notTar(cause: Error): Error {
  return layerError(
    'LAYER_NOT_TAR',
    'cannot read layer: its first block is no tar header (expected a tar archive)',
    cause,
  );
}

export function malformed(entries: number, cause: Error): Error {
  return layerError(
    'LAYER_MALFORMED',
    `cannot read layer: no valid tar header after entry ${entries} (expected an entry or the end of the archive)`,
    cause,
  );
}

export function truncated(cause?: Error): Error {
  return layerError('LAYER_MALFORMED', 'cannot read layer: the tar ends within an entry (expected all of it)', cause);
}

export function sizeDisputed(entry: TarEntry, other: number | undefined): Error {
  return layerError(
    'LAYER_MALFORMED',
    `cannot unpack ${shown(entry.name)}: its size is ${entry.size} or ${other}, as one reads it (expected one size)`,
  );
}

export function contentRefused(entry: TarEntry): Error {
  return layerError(
    'LAYER_MALFORMED',
    `cannot unpack ${shown(entry.name)}: a ${entry.kind} with ${entry.size} bytes of content (expected none)`,
  );
}

export function headersTooLong(entries: number, longest: number): Error {
  return layerError(
    'LAYER_MALFORMED',
    `cannot read a tar header: over ${longest} bytes stand before entry ${entries + 1} (expected an entry)`,
  );
}
