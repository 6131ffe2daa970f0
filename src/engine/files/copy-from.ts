/** `cp CONTAINER:PATH …`: files of a container to this machine, or as a tar. */
import { closeSync, constants, lstatSync, openSync, readlinkSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import {
  type ByteString,
  copyEntries,
  locationOf,
  type PackedEntry,
  type Place,
  RootedView,
  releasePlace,
  TreeEntries,
  TreeWriter,
  viewPath,
  walkTree,
  writeTar,
} from '../../overlay/index.ts';
import type { EngineContext } from '../context.ts';
import { recordContainerEvent } from '../events/record-event.ts';
import type { Copied, CopyOptions, InContainer } from '../options/file-options.ts';
import { type ContainerTree, withContainerTree } from './container-tree.ts';
import { fromContainer, onHost } from './copied-metadata.ts';
import { noDirectoryOnHost, notInContainer, refusedCopy } from './copy-error.ts';
import { copyRule, saysContents, saysDirectory } from './copy-rules.ts';

/** @throws GockerError `FILE_NOT_FOUND`, `DIRECTORY_MISSING`, `COPY_CONFLICT`, those of withContainerTree(); Error of the filesystem */
export async function copyFrom(
  context: EngineContext,
  source: InContainer,
  destination: string,
  options: CopyOptions = {},
): Promise<Copied> {
  return await withSource(context, source, options, async (tree, found) => {
    const target = openTarget(found, { from: `${source.container}:${source.path}`, to: destination });
    try {
      const writer = new TreeWriter(new RootedView(target.fd), {
        base: [],
        metadata: onHost(options.archive === true),
      });
      const entries = entriesOf(context, tree, { place: found.place, name: target.name });
      return { bytes: await copyEntries(entries, writer, options) };
    } finally {
      closeSync(target.fd);
    }
  });
}

/**
 * The same as a tar, whose names begin with that of the file.
 *
 * @param take reads the archive to its end
 */
export async function readArchive<T>(
  context: EngineContext,
  source: InContainer,
  take: (tar: AsyncIterable<Uint8Array>) => Promise<T>,
  options: CopyOptions = {},
): Promise<T> {
  return await withSource(context, source, options, (tree, { place, name }) =>
    take(writeTar(entriesOf(context, tree, { place, name: name === '' ? '.' : name }))),
  );
}

interface Source {
  readonly place: Place;
  readonly isDirectory: boolean;
  /** Empty for what a directory holds. */
  readonly name: string;
  readonly contents: boolean;
}

async function withSource<T>(
  context: EngineContext,
  { container, path }: InContainer,
  options: CopyOptions,
  act: (tree: ContainerTree, source: Source) => Promise<T>,
): Promise<T> {
  return await withContainerTree(context, container, async (tree) => {
    const place = tree.view.resolve(viewPath(path), { follow: options.followLink === true });
    try {
      if (place?.found === undefined) throw notInContainer(container, path);
      recordContainerEvent(context, tree.record, 'archive-path');
      const contents = saysContents(path);
      const name = contents ? '' : basename(path);
      return await act(tree, { place, contents, name, isDirectory: place.found.stats.isDirectory() });
    } finally {
      if (place !== undefined) releasePlace(place);
    }
  });
}

/** Volumes and binds in their places, as the container has them. */
function* entriesOf(
  context: EngineContext,
  { view, firstIDAt }: ContainerTree,
  { place, name }: { readonly place: Place; readonly name: string },
): Generator<PackedEntry> {
  const { found, path, parent } = place;
  if (found === undefined) return;
  const top = name === '' ? [] : [viewPath(name)];
  const nameOf = (below: readonly ByteString[]) => ([...top, ...below].join('/') || '.') as ByteString;
  const entries = new TreeEntries({ nameOf, onSkipped: (what) => context.warn(what) });
  const start = { file: found, location: locationOf(found, locationBelow(parent, path)) };
  const mountAt = (below: readonly ByteString[]) => view.mountAt([...path, ...below])?.open();
  for (const node of walkTree(start, { mountAt })) {
    const packed = entries.entryOf(node);
    if (packed !== undefined)
      yield { ...packed, entry: fromContainer(packed.entry, firstIDAt([...path, ...node.path])) };
  }
}

function locationBelow(parent: number | undefined, path: readonly ByteString[]): string | Buffer | undefined {
  const name = path.at(-1);
  return parent === undefined || name === undefined
    ? undefined
    : Buffer.from(`/proc/self/fd/${parent}/${name}`, 'latin1');
}

/** The directory to write into, and the name there. */
function openTarget(
  source: Source,
  shown: { readonly from: string; readonly to: string },
): { readonly fd: number; readonly name: string } {
  const path = behindLinks(resolve(shown.to));
  const stats = statSync(path, { throwIfNoEntry: false });
  const exists = stats === undefined ? undefined : stats.isDirectory() ? 'directory' : 'other';
  const rule = copyRule(source, { exists, saysDirectory: saysDirectory(shown.to) });
  if ('refused' in rule) throw refusedCopy(shown, rule.refused);
  const directory = rule.into === 'destination' ? path : dirname(path);
  try {
    const fd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
    return { fd, name: rule.into === 'destination' ? source.name : basename(path) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw noDirectoryOnHost(shown.to, directory);
    throw error;
  }
}

/** Where links of the user's own lead, also to what isn't there yet. */
function behindLinks(path: string, links = 0): string {
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return isLink && links < 40 ? behindLinks(resolve(dirname(path), readlinkSync(path)), links + 1) : path;
}
