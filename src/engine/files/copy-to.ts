/** `cp … CONTAINER:PATH`: files of this machine, or a tar, into a container. */
import { closeSync, realpathSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import {
  type ByteString,
  copyArchive,
  copyEntries,
  type HeldFile,
  holdPath,
  locationOf,
  type PackedEntry,
  type Place,
  releasePlace,
  TreeEntries,
  TreeWriter,
  viewPath,
  walkTree,
} from '../../overlay/index.ts';
import type { EngineContext } from '../context.ts';
import { recordContainerEvent } from '../events/record-event.ts';
import type { Copied, CopyOptions, InContainer } from '../options/file-options.ts';
import { type ContainerTree, withContainerTree } from './container-tree.ts';
import { inContainer } from './copied-metadata.ts';
import { notAnArchive, notDirectory, notInContainer, notOnHost, readOnly, refusedCopy } from './copy-error.ts';
import { copyRule, saysContents, saysDirectory } from './copy-rules.ts';

/** @throws GockerError `FILE_NOT_FOUND`, `READ_ONLY`, `COPY_CONFLICT`, those of withContainerTree(); Error of the filesystem */
export async function copyTo(
  context: EngineContext,
  source: string,
  destination: InContainer,
  options: CopyOptions = {},
): Promise<Copied> {
  const file = openSource(source, options.followLink === true);
  try {
    return await withTarget(context, destination, async (tree, place) => {
      const { path, found } = place;
      const exists = found === undefined ? undefined : found.stats.isDirectory() ? 'directory' : 'other';
      const what = { isDirectory: file.stats.isDirectory(), contents: saysContents(source) };
      const rule = copyRule(what, { exists, saysDirectory: saysDirectory(destination.path) });
      const shown = { from: source, to: `${destination.container}:${destination.path}` };
      if ('refused' in rule) throw refusedCopy(shown, rule.refused);
      const own = what.contents ? [] : [viewPath(basename(resolve(source)))];
      const base = rule.into === 'destination' ? path : path.slice(0, -1);
      const top = rule.into === 'destination' ? own : path.slice(-1);
      const writer = new TreeWriter(tree.view, { base, ...idsFor(tree, place) });
      return { bytes: await copyEntries(entriesOf(context, file, { source, top }), writer, options) };
    });
  } finally {
    closeSync(file.fd);
  }
}

/** Unpacks a tar into a directory of the container. @throws the same, and GockerError `NOT_A_DIRECTORY`, `ARCHIVE_INVALID` */
export async function writeArchive(
  context: EngineContext,
  tar: AsyncIterable<Uint8Array>,
  destination: InContainer,
  options: CopyOptions = {},
): Promise<Copied> {
  return await withTarget(context, destination, async (tree, place) => {
    const { path, found } = place;
    if (found?.stats.isDirectory() !== true) throw notDirectory(`${destination.container}:${destination.path}`);
    const writer = new TreeWriter(tree.view, { base: path, ...idsFor(tree, place) });
    try {
      return { bytes: await copyArchive(tar, writer, options) };
    } catch (error) {
      throw notAnArchive(error);
    }
  });
}

function idsFor({ firstIDAt, maker }: ContainerTree, { path, mount }: Place) {
  return inContainer(firstIDAt(path), mount === undefined ? maker : undefined);
}

async function withTarget<T>(
  context: EngineContext,
  { container, path }: InContainer,
  act: (tree: ContainerTree, place: Place) => Promise<T>,
): Promise<T> {
  return await withContainerTree(context, container, async (tree) => {
    const place = tree.view.resolve(viewPath(path), { follow: true });
    if (place === undefined) throw notInContainer(container, path);
    try {
      const shown = `${container}:${path}`;
      if (place.mount?.readOnly === true) throw readOnly(shown, 'volume');
      if (place.mount === undefined && tree.readOnly) throw readOnly(shown, 'rootfs');
      recordContainerEvent(context, tree.record, 'extract-to-dir');
      return await act(tree, place);
    } finally {
      releasePlace(place);
    }
  });
}

/** A link is copied as one, unless it is to be followed or its path says that it leads to a directory. */
function openSource(source: string, follow: boolean): HeldFile {
  const file = holdPath(follow || saysDirectory(source) ? behindLinks(source) : resolve(source));
  if (file === undefined) throw notOnHost(source);
  if (!saysDirectory(source) || file.stats.isDirectory()) return file;
  closeSync(file.fd);
  throw new GockerError('NOT_A_DIRECTORY', `cannot copy "${source}": not a directory`, {
    hint: 'Leave out the "/" at the end.',
  });
}

function behindLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw notOnHost(path);
    throw error;
  }
}

/** Whoever makes it is trusted: this machine's own user. */
function* entriesOf(
  context: EngineContext,
  file: HeldFile,
  { source, top }: { readonly source: string; readonly top: readonly ByteString[] },
): Generator<PackedEntry> {
  const nameOf = (below: readonly ByteString[]) => ([...top, ...below].join('/') || '.') as ByteString;
  const entries = new TreeEntries({ nameOf, onSkipped: (what) => context.warn(what) });
  for (const node of walkTree({ file, location: locationOf(file, resolve(source)) })) {
    const packed = entries.entryOf(node);
    if (packed !== undefined) yield packed;
  }
}
