/**
 * The layers below, asked only when an entry cannot be understood without them: its parent directory is not in its own
 * layer, it links to a file of another, it hides something. Whoever has asked is no longer a layer by itself but the
 * top of its stack, and is kept under its chainID.
 */

import type { ByteString } from '../tar/byte-string.ts';
import { type FoundFile, findInLayers } from '../view/find-in-layers.ts';
import type { OverlayNamespace } from '../view/whiteout.ts';

export class LowerLayers {
  readonly #ready: () => Promise<readonly string[]>;
  readonly #namespace: OverlayNamespace;
  #lowerdirs: Promise<readonly string[]> | undefined;

  /** @param ready resolves with their trees, top first, when all of them are on the disk */
  constructor(ready: () => Promise<readonly string[]>, namespace: OverlayNamespace) {
    this.#ready = ready;
    this.#namespace = namespace;
  }

  get wereAsked(): boolean {
    return this.#lowerdirs !== undefined;
  }

  /** What stands there in the layers below taken together; symbolic links are not followed. */
  async find(path: readonly ByteString[]): Promise<FoundFile | undefined> {
    this.#lowerdirs ??= this.#ready();
    return findInLayers(await this.#lowerdirs, path, this.#namespace);
  }
}
