/**
 * Reads a file of an image that is not mounted: /etc/passwd before a container is there. The image is not to be trusted:
 * links are resolved inside it, nothing but a regular file is opened, and no more is read than was asked for.
 */
import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync } from 'node:fs';
import { GockerError } from '../../errors/index.ts';
import { type ByteString, byteString, byteStringOf } from '../tar/byte-string.ts';
import { splitPath } from '../unpack/entry-path.ts';
import { type FoundFile, findInLayers } from './find-in-layers.ts';
import type { OverlayNamespace } from './whiteout.ts';

const MOST_LINKS = 40;

/**
 * @param lowerdirs trees of layers, top first
 * @param path from the image's root; relative ones too
 * @param maxBytes a longer file is an error
 * @returns undefined where the image has no such file, or something else of that name
 * @throws GockerError `FILE_TOO_LARGE`, `LINK_LOOP`
 */
export function openInLayers(lowerdirs: readonly string[], path: string, maxBytes: number): Buffer | undefined {
  const found = resolveInLayers(lowerdirs, path);
  if (found === undefined || !found.stats.isFile()) return undefined;
  // O_NONBLOCK: should it have become a FIFO since, that must not hold us up.
  const fd = openSync(found.location, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) return undefined;
    if (stats.size > maxBytes) throw tooLarge(path, stats.size, maxBytes);
    const bytes = Buffer.alloc(stats.size);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = readSync(fd, bytes, length, bytes.length - length, length);
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(fd);
  }
}

/**
 * What a path of the merged tree leads to, symbolic links followed within it.
 *
 * @returns undefined where it leads nowhere
 * @throws GockerError `LINK_LOOP`
 */
export function resolveInLayers(
  lowerdirs: readonly string[],
  path: string,
  namespace: OverlayNamespace = 'trusted',
): FoundFile | undefined {
  const todo = splitPath(byteStringOf(path)).reverse();
  let here: ByteString[] = [];
  let found = findInLayers(lowerdirs, here, namespace);
  let links = 0;
  for (let component = todo.pop(); component !== undefined; component = todo.pop()) {
    if (component === '..') here = here.slice(0, -1);
    const next = component === '..' ? here : [...here, component];
    found = findInLayers(lowerdirs, next, namespace);
    if (found?.stats.isSymbolicLink()) {
      if (++links > MOST_LINKS) throw linkLoop(path);
      const target = byteString(readlinkSync(found.location, 'buffer'));
      if (target.startsWith('/')) here = [];
      todo.push(...splitPath(target).reverse());
      found = findInLayers(lowerdirs, here, namespace);
      continue;
    }
    if (found === undefined || (todo.length > 0 && !found.stats.isDirectory())) return undefined;
    here = next;
  }
  return found;
}

function tooLarge(path: string, size: number, maxBytes: number): GockerError {
  return new GockerError(
    'FILE_TOO_LARGE',
    `cannot read "${path}" of the image: ${size} bytes (expected at most ${maxBytes})`,
  );
}

function linkLoop(path: string): GockerError {
  return new GockerError(
    'LINK_LOOP',
    `cannot follow "${path}" in the image: over ${MOST_LINKS} symbolic links (expected an end to them)`,
  );
}
