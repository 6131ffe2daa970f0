/** Layers as a mount wants them. */
import type { StoredLayer } from './layer-folders.ts';

/**
 * The trees of a stack, top first: OverlayFS's `lowerdir`s.
 *
 * @param layers bottom first
 * @returns undefined where a layer is not here
 */
export function stackedTrees(layers: readonly (StoredLayer | undefined)[]): readonly string[] | undefined {
  const trees: string[] = [];
  let covered = false;
  for (const layer of [...layers].reverse()) {
    if (layer === undefined) return undefined;
    // OverlayFS takes no tree twice. All that the lower one could show, the same tree shows above it.
    if (!covered && !trees.includes(layer.tree)) trees.push(layer.tree);
    covered ||= layer.record.opaqueRoot;
  }
  return trees;
}

/** The layer that says what the root directory looks like: the topmost whose tar does, else the bottom one. */
export function rootLayer(layers: readonly StoredLayer[]): StoredLayer | undefined {
  return layers.findLast((layer) => layer.record.hasRoot) ?? layers[0];
}
