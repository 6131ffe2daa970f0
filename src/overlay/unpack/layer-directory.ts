/**
 * The directories of a layer while it is unpacked. Each stands for a real directory that this unpacking made, so a path
 * that is built from them leads through no symbolic link; one that goes takes all that is known below it with it.
 */
import type { ByteString } from '../tar/byte-string.ts';
import type { Metadata } from '../tar/tar-entry.ts';

export class LayerDirectory {
  readonly parent: LayerDirectory | undefined;
  readonly name: ByteString;
  /** Absolute. */
  readonly location: ByteString;
  readonly children = new Map<ByteString, LayerDirectory>();
  /** Names in this directory that are hidden if a layer below has them. */
  readonly whiteouts = new Set<ByteString>();
  /** Nothing of the layers below is seen in this directory. */
  opaque = false;
  /** Applied when all is unpacked: later entries change the times, and may need more than the permissions give. */
  metadata: Metadata | undefined;

  constructor(location: ByteString, parent?: LayerDirectory, name = '' as ByteString) {
    this.location = location;
    this.parent = parent;
    this.name = name;
  }

  /** Where an entry of this directory stands on the disk. */
  locate(name: ByteString): ByteString {
    return `${this.location}/${name}` as ByteString;
  }

  /** The way from the layer's root. */
  path(): ByteString[] {
    return this.parent === undefined ? [] : [...this.parent.path(), this.name];
  }

  /** True where what the layers below have at a name is not to be seen. */
  hides(name: ByteString): boolean {
    return this.whiteouts.has(name) || this.isPure();
  }

  /** True where the layers below have no part in this directory. */
  isPure(): boolean {
    return this.opaque || (this.parent?.isPure() ?? false);
  }
}
