/** `rmi`: names go first; an image goes with its last name, unless a container stands on it. docker's rules. */
import { GockerError } from '../../errors/index.ts';
import { type Digest, familiarName, parseReference } from '../../oci/index.ts';
import type { ContainerRecord } from '../containers/record.ts';
import { statusOf } from '../containers/status.ts';
import type { EngineContext } from '../context.ts';
import { recordImageEvent } from '../events/subjects.ts';
import type { ImageRemoval } from '../types.ts';
import { collectGarbage } from './garbage.ts';
import { findByReference, type LoadedImage, loadAll, requireImage } from './stored.ts';

export interface RemoveImageOptions {
  /** Also with several names, and though a stopped container stands on it (whose layers then stay). */
  readonly force?: boolean;
}

/**
 * @param text a name takes that name away; an id, the image
 * @throws GockerError `IMAGE_NOT_FOUND`, `IMAGE_AMBIGUOUS`, `IMAGE_IN_USE`, `IMAGE_HAS_NAMES`
 */
export async function removeImage(
  context: EngineContext,
  text: string,
  options: RemoveImageOptions = {},
): Promise<readonly ImageRemoval[]> {
  const image = requireImage(context.store, text);
  const force = options.force === true;
  const siblings = loadAll(context.store, () => {}).filter(({ id }) => id === image.id);
  const byName = findByReference(context.store, text) !== undefined;
  const going = byName ? siblings.filter(({ entry }) => sameEntry(entry, image.entry)) : siblings;
  if (!byName) requireOneName(text, image, going, force);
  const last = going.length === siblings.length;
  if (last) requireUnused(context, text, image, force);
  for (const { entry } of going) {
    if (entry.name === undefined) await context.store.removeImage(entry.descriptor.digest);
    else await context.store.removeName(entry.name);
    recordImageEvent(context, 'untag', image.id);
  }
  const untagged = going.flatMap(({ entry }): ImageRemoval[] => {
    const names = [entry.name, last ? entry.repoDigest : undefined];
    return names.flatMap((name) => (name === undefined ? [] : { kind: 'untagged', reference: familiar(name) }));
  });
  const deleted = await collectGarbage(context);
  if (last) recordImageEvent(context, 'delete', image.id);
  const first = last ? [image.id] : [];
  const digests = [...first, ...deleted.layers.filter(isNot(image.id))];
  return [...untagged, ...digests.map((digest): ImageRemoval => ({ kind: 'deleted', digest }))];
}

function isNot(id: Digest): (digest: Digest) => boolean {
  return (digest) => digest !== id;
}

function sameEntry(a: LoadedImage['entry'], b: LoadedImage['entry']): boolean {
  return a.name === b.name && a.descriptor.digest === b.descriptor.digest;
}

function requireOneName(text: string, image: LoadedImage, names: readonly LoadedImage[], force: boolean): void {
  if (names.length < 2 || force) return;
  const list = names.map(({ entry }) => `"${familiar(entry.name ?? entry.repoDigest ?? entry.descriptor.digest)}"`);
  throw new GockerError(
    'IMAGE_HAS_NAMES',
    `cannot remove image "${text}": ${image.id.slice(7, 19)} has several names: ${list.join(', ')}`,
    { hint: 'Remove it by name, or with all its names by "gocker rmi -f".' },
  );
}

function requireUnused(context: EngineContext, text: string, image: LoadedImage, force: boolean): void {
  const users = context.containers.list().filter((record) => record.imageID === image.id);
  const running = users.find((record) => statusOf(record) !== 'exited');
  if (running !== undefined) throw inUse(text, 'running', running);
  if (users[0] !== undefined && !force) throw inUse(text, 'stopped', users[0]);
}

function inUse(text: string, status: 'running' | 'stopped', { id, name }: ContainerRecord): GockerError {
  const cure = status === 'running' ? `End it first.` : `Remove it with "gocker rm ${name}", or force with -f.`;
  return new GockerError(
    'IMAGE_IN_USE',
    `cannot remove image "${text}": ${status} container ${id.slice(0, 12)} ("${name}") uses it`,
    { hint: cure },
  );
}

function familiar(name: string): string {
  try {
    return familiarName(parseReference(name));
  } catch {
    return name;
  }
}
