/** What a container changed, by path: its upperdir compared with the layers below it. What docker's diff prints. */
import type { BigIntStats } from 'node:fs';
import { lstatSync } from 'node:fs';
import type { TreeNode } from '../rooted/walk-tree.ts';
import type { ByteString } from '../tar/byte-string.ts';
import { xattrsOf } from '../unpack/copy-up.ts';
import type { FoundFile } from '../view/find-in-layers.ts';
import { MergedDirectory } from '../view/merged-directory.ts';
import { isOpaque } from '../view/whiteout.ts';
import { isWhiteoutNode, type UpperdirOptions, walkUpperdir } from './pack-upperdir.ts';

export interface Change {
  readonly kind: 'added' | 'changed' | 'deleted';
  /** From the root, with a leading slash: bytes, which need not be UTF-8. */
  readonly path: Buffer;
}

/** What the layers below have where the upperdir has a directory, and what of that goes on to be seen. */
interface Level {
  readonly path: ByteString;
  readonly below: MergedDirectory | undefined;
  /** The directory itself, if it is a change only by what is in it. */
  pending: boolean;
  /** It, or one above it, shows nothing of the layers below: then those below it need no mark of their own. */
  readonly isPure: boolean;
  /** Of a directory that shows nothing of those below: their names that have not come again. */
  readonly hidden: Set<ByteString>;
}

type Below = ReturnType<MergedDirectory['entry']>;

/**
 * In the order of their paths, a directory before what is in it. A directory is changed if its owner or permissions are, or
 * if anything below it is; a file that was merely opened for writing is not.
 *
 * @param lowerdirs trees of layers, top first
 */
export function* changesOf(
  upperdir: string,
  lowerdirs: readonly string[],
  options: UpperdirOptions = {},
): Generator<Change> {
  const levels: Level[] = [];
  const found: Found[] = [];
  for (const node of walkUpperdir(upperdir, options)) {
    while (levels.length > node.path.length) leave(levels, found);
    const above = levels.at(-1);
    const name = node.path.at(-1);
    if (above === undefined || name === undefined) {
      levels.push(
        levelOf(node, MergedDirectory.root(lowerdirs, options.namespace ?? 'trusted'), { ...options, isPure: false }),
      );
      continue;
    }
    above.hidden.delete(name);
    const below = above.below?.entry(name);
    const kind = compare(node, below);
    if (kind !== undefined) report(levels, found, { kind, path: pathIn(node) });
    if (!node.stats.isDirectory()) continue;
    const directory = below?.kind === 'directory' ? below.directory : undefined;
    const level = levelOf(node, directory, { ...options, isPure: above.isPure });
    levels.push({ ...level, pending: kind === undefined });
  }
  while (levels.length > 0) leave(levels, found);
  found.sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const { kind, path } of found) yield { kind, path: Buffer.from(path, 'latin1') };
}

interface Found {
  readonly kind: Change['kind'];
  readonly path: ByteString;
}

function levelOf(
  node: TreeNode,
  below: MergedDirectory | undefined,
  { namespace = 'trusted', isPure: isBelowPure }: UpperdirOptions & { readonly isPure: boolean },
): Level {
  const isMarked = node.path.length > 0 && node.location !== undefined && isOpaque(node.location, namespace);
  const isPure = isBelowPure || isMarked;
  const hidden = isPure && below !== undefined ? [...below.entries()].map(({ name }) => name) : [];
  return { path: pathIn(node), below, pending: false, isPure, hidden: new Set(hidden) };
}

/** What was hidden and is not there again is deleted. */
function leave(levels: Level[], found: Found[]): void {
  const level = levels.at(-1);
  for (const name of level?.hidden ?? []) {
    report(levels, found, { kind: 'deleted', path: `${level?.path}/${name}` as ByteString });
  }
  levels.pop();
}

/** With the directories that it stands in. */
function report(levels: readonly Level[], found: Found[], change: Found): void {
  for (const level of levels) {
    if (!level.pending) continue;
    level.pending = false;
    found.push({ kind: 'changed', path: level.path });
  }
  found.push(change);
}

function compare(node: TreeNode, below: Below): Change['kind'] | undefined {
  if (isWhiteoutNode(node)) return below === undefined ? undefined : 'deleted';
  if (below === undefined) return 'added';
  const location = below.kind === 'directory' ? below.directory.location : below.file.location;
  return isSame(node, location) ? undefined : 'changed';
}

function isSame({ stats, location }: TreeNode, other: FoundFile['location']): boolean {
  const below = lstatSync(other, { bigint: true });
  return (
    stats.mode === below.mode &&
    stats.uid === below.uid &&
    stats.gid === below.gid &&
    stats.rdev === below.rdev &&
    // Of a directory these tell what is in it, which is reported by itself.
    (stats.isDirectory() || isSameContent(stats, below)) &&
    (location === undefined || capabilityOf(location) === capabilityOf(other))
  );
}

function isSameContent(stats: BigIntStats, below: BigIntStats): boolean {
  return stats.size === below.size && stats.mtimeNs === below.mtimeNs;
}

function capabilityOf(path: string | Buffer): string | undefined {
  return xattrsOf(path).get('security.capability')?.toString('hex');
}

function pathIn({ path }: TreeNode): ByteString {
  return (path.length === 0 ? '' : `/${path.join('/')}`) as ByteString;
}
