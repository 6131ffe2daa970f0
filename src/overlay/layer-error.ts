/** What is wrong with a layer, in the words of all of this folder's errors. */
import { GockerError } from '../errors/index.ts';

export type LayerFault =
  /** Not a tar at all. */
  | 'LAYER_NOT_TAR'
  /** The compressed stream is damaged or ends early. */
  | 'LAYER_CORRUPT'
  /** The tar breaks its format or ends early. */
  | 'LAYER_MALFORMED'
  /** An entry tries to leave the root, or to disguise itself. */
  | 'LAYER_UNSAFE'
  /** A valid entry of a kind that cannot be unpacked. */
  | 'LAYER_UNSUPPORTED'
  /** An entry cannot be made where it wants to be: its parent is a file, its link has no target. */
  | 'LAYER_INCONSISTENT';

const cure = 'The image is broken: ask its publisher, or pull another tag.';

/** @param message `cannot <verb> <object>: <what is> (expected <what should be>)` */
export function layerError(fault: LayerFault, message: string, cause?: unknown): GockerError {
  return new GockerError(fault, message, { hint: cure, cause });
}
