/** Names of entries as ways from the layer's root. */
import { layerError } from '../layer-error.ts';
import { type ByteString, shown } from '../tar/byte-string.ts';

/**
 * The components of a name; none for the root itself. A leading "/" is the layer's root, as in docker; "." and empty
 * components are nothing. Components may yet be symbolic links of the layer.
 *
 * @throws GockerError `LAYER_UNSAFE` for a ".." anywhere
 */
export function entryPath(name: ByteString): ByteString[] {
  const components = splitPath(name);
  if (!components.includes('..' as ByteString)) return components;
  throw layerError('LAYER_UNSAFE', `cannot unpack ${shown(name)}: ".." in its name (expected a path below the root)`);
}

/** The components of any path, ".." kept. */
export function splitPath(path: ByteString): ByteString[] {
  const components: ByteString[] = [];
  for (const component of path.split('/')) {
    if (component !== '' && component !== '.') components.push(component as ByteString);
  }
  return components;
}
