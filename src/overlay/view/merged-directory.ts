/** One directory of a stack of layers as OverlayFS would merge it, without a mount: overlayfs.rst "Merged directories". */
import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { type ByteString, byteString, byteStringOf, pathOf } from '../tar/byte-string.ts';
import type { FoundFile } from './find-in-layers.ts';
import { isOpaque, isWhiteout, type OverlayNamespace } from './whiteout.ts';

export type MergedEntry =
  | { readonly kind: 'directory'; readonly name: ByteString; readonly directory: MergedDirectory }
  | { readonly kind: 'file'; readonly name: ByteString; readonly file: FoundFile };

export class MergedDirectory {
  /** Where the layers have it, top first: those that are seen. */
  readonly #locations: readonly Place[];
  readonly #namespace: OverlayNamespace;

  private constructor(locations: readonly Place[], namespace: OverlayNamespace) {
    this.#locations = locations;
    this.#namespace = namespace;
  }

  /** @param lowerdirs trees of layers, top first */
  static root(lowerdirs: readonly string[], namespace: OverlayNamespace): MergedDirectory {
    const places = lowerdirs.map((lowerdir) => ({ location: byteStringOf(lowerdir), lowerdir }));
    return new MergedDirectory(untilOpaque(places, namespace), namespace);
  }

  /** The topmost: whose owner, permissions, attributes and times are seen. */
  get location(): string | Buffer {
    return pathOf(this.#locations[0]?.location ?? ('' as ByteString));
  }

  /** By their names' bytes. */
  *entries(): Generator<MergedEntry> {
    const names = new Set<ByteString>();
    for (const { location } of this.#locations) {
      for (const name of readdirSync(pathOf(location), { encoding: 'buffer' })) names.add(byteString(name));
    }
    for (const name of [...names].sort()) {
      const entry = this.entry(name);
      if (entry !== undefined) yield entry;
    }
  }

  entry(name: ByteString): MergedEntry | undefined {
    const places: Place[] = [];
    for (const { location: parent, lowerdir } of this.#locations) {
      const location = `${parent}/${name}` as ByteString;
      const stats = lstatSync(pathOf(location), { throwIfNoEntry: false });
      if (stats === undefined) continue;
      if (stats.isDirectory()) {
        places.push({ location, lowerdir });
        continue;
      }
      // Whatever is no directory ends the merging, and is itself seen only at the top.
      if (places.length === 0) return fileAt({ location, lowerdir }, name, stats);
      break;
    }
    if (places.length === 0) return undefined;
    const directory = new MergedDirectory(untilOpaque(places, this.#namespace), this.#namespace);
    return { kind: 'directory', name, directory };
  }
}

interface Place {
  readonly location: ByteString;
  readonly lowerdir: string;
}

function fileAt({ location, lowerdir }: Place, name: ByteString, stats: Stats): MergedEntry | undefined {
  if (isWhiteout(stats)) return undefined;
  return { kind: 'file', name, file: { location: pathOf(location), stats, lowerdir } };
}

function untilOpaque(places: readonly Place[], namespace: OverlayNamespace): readonly Place[] {
  const opaque = places.findIndex(({ location }) => isOpaque(pathOf(location), namespace));
  return opaque < 0 ? places : places.slice(0, opaque + 1);
}
