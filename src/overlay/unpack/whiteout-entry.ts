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
 * @param name last component of an entry's name
 * @returns undefined for an ordinary entry
 * @throws GockerError `LAYER_UNSAFE` for a whiteout of nothing, of "." or of ".."
 */
export function parseWhiteout(name: ByteString): WhiteoutEntry | undefined {
  if (!name.startsWith(PREFIX)) return undefined;
  if (name === OPAQUE) return { kind: 'opaque' };
  if (name.startsWith(AUFS_PREFIX)) return { kind: 'aufs' };
  const hidden = name.slice(PREFIX.length) as ByteString;
  if (hidden !== '' && hidden !== '.' && hidden !== '..') return { kind: 'hides', name: hidden };
  throw layerError(
    'LAYER_UNSAFE',
    `cannot apply whiteout ${shown(name)}: it hides no file (expected a name after ".wh.")`,
  );
}
