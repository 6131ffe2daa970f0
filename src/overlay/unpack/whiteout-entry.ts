/**
 * Entries that hide, image-spec v1.1.1 layer.md#whiteouts: `.wh.<name>` hides a name of the layers below, `.wh..wh..opq`
 * all of them in its directory. Neither touches what is in its own layer, before it or after it.
 */
import { layerError } from '../layer-error.ts';
import { type ByteString, shown } from '../tar/byte-string.ts';

const PREFIX = '.wh.';
const OPAQUE = '.wh..wh..opq';
/** AUFS kept its own files under such names (`.wh..wh.plnk`, `.wh..wh.orph`); some old layers still have them. */
const AUFS_PREFIX = '.wh..wh.';

export type WhiteoutEntry =
  | { readonly kind: 'hides'; readonly name: ByteString }
  | { readonly kind: 'opaque' }
  | { readonly kind: 'aufs' };

/**
 * @param path components of an entry's name
 * @returns undefined for an ordinary entry
 * @throws GockerError `LAYER_UNSAFE` for a whiteout of nothing, of "." or of "..", and for what stands below a whiteout
 */
export function parseWhiteout(path: readonly ByteString[]): WhiteoutEntry | undefined {
  const at = path.findIndex((component) => component.startsWith(PREFIX));
  const name = path[at];
  if (name === undefined) return undefined;
  if (name.startsWith(AUFS_PREFIX) && name !== OPAQUE) return { kind: 'aufs' };
  if (at < path.length - 1) throw refused(path, 'it stands below a whiteout');
  if (name === OPAQUE) return { kind: 'opaque' };
  const hidden = name.slice(PREFIX.length) as ByteString;
  if (hidden !== '' && hidden !== '.' && hidden !== '..') return { kind: 'hides', name: hidden };
  throw refused(path, 'it hides no file');
}

function refused(path: readonly ByteString[], what: string): Error {
  const name = shown(path.join('/') as ByteString);
  return layerError(
    'LAYER_UNSAFE',
    `cannot apply whiteout ${name}: ${what} (expected a name after ".wh.", and no more)`,
  );
}
