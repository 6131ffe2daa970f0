/**
 * The last step of unpacking: whiteouts, then what was put off for directories, children before parents, since every
 * change in a directory moves its time.
 */
import { makeNode, setXattr } from '../../syscall/index.ts';
import { pathOf } from '../tar/byte-string.ts';
import { type OverlayNamespace, opaqueAttribute } from '../view/whiteout.ts';
import type { LayerDirectory } from './layer-directory.ts';
import type { LowerLayers } from './lower-layers.ts';
import { applyMetadata } from './metadata.ts';
import { Turns } from './turns.ts';

export async function finishDirectories(
  root: LayerDirectory,
  lower: LowerLayers,
  namespace: OverlayNamespace,
): Promise<void> {
  const turns = new Turns();
  for (const directory of childrenFirst(root)) {
    if (directory.whiteouts.size > 0) await makeWhiteouts(directory, lower);
    // The root's mark would not be read: whoever stacks the layers leaves out those below.
    if (directory.opaque && directory.parent !== undefined) {
      setXattr(pathOf(directory.location), opaqueAttribute(namespace), Buffer.from('y'));
    }
    if (directory.metadata !== undefined) applyMetadata(directory.location, 'directory', directory.metadata);
    await turns.next();
  }
}

function* childrenFirst(directory: LayerDirectory): Generator<LayerDirectory> {
  for (const child of directory.children.values()) yield* childrenFirst(child);
  yield directory;
}

/**
 * Only where there is something to hide: OverlayFS takes whiteouts out of the listings of merged directories alone, so
 * that one which hides nothing can show up as a file that cannot be opened.
 */
async function makeWhiteouts(directory: LayerDirectory, lower: LowerLayers): Promise<void> {
  if (directory.isPure()) return;
  for (const name of directory.whiteouts) {
    const below = await lower.find([...directory.path(), name]);
    if (below !== undefined) makeNode(pathOf(directory.locate(name)), 'character-device');
  }
}
