/**
 * Entries into a tree that others may change meanwhile: each is made by the descriptor of its directory, and given its owner and
 * permissions by its own, so that nothing outside of the tree is ever touched, whatever is swapped for a link.
 */
import { closeSync, constants, linkSync, mkdirSync, openSync, symlinkSync, unlinkSync, writeSync } from 'node:fs';
import { GockerError } from '../../errors/index.ts';
import { makeNode } from '../../syscall/index.ts';
import { type ByteString, pathOf, shown } from '../tar/byte-string.ts';
import type { Metadata, TarEntry } from '../tar/tar-entry.ts';
import type { EntryHandler } from '../tar/tar-reader.ts';
import { splitPath } from '../unpack/entry-path.ts';
import { at, hold, itself } from './at.ts';
import { applyHeld, applyOpen } from './held-metadata.ts';
import { type Place, type RootedView, releasePlace } from './rooted-view.ts';

export interface TreeWriterOptions {
  /** Components from the view's root: where names begin. */
  readonly base: readonly ByteString[];
  /** What is made of an entry's metadata before it is applied. */
  readonly metadata?: (entry: TarEntry) => Metadata;
  /** Around each call that makes a file: as somebody else, who may. */
  readonly making?: <T>(make: () => T) => T;
}

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const REPLACE = constants.O_WRONLY | constants.O_TRUNC | constants.O_NONBLOCK | constants.O_NOCTTY;

interface OpenFile {
  readonly fd: number;
  readonly metadata: Metadata;
  /** To be removed should its content not come to its end. */
  readonly unfinished: string | Buffer | undefined;
}

export class TreeWriter implements EntryHandler {
  readonly #view: RootedView;
  readonly #base: readonly ByteString[];
  readonly #metadata: (entry: TarEntry) => Metadata;
  readonly #making: <T>(make: () => T) => T;
  /** Set when all is there: what is made in a directory moves its times, and may need more than its permissions give. */
  readonly #directories = new Map<ByteString, Metadata>();
  #parent: { readonly path: ByteString; readonly place: Place } | undefined;
  #file: OpenFile | undefined;

  constructor(view: RootedView, { base, metadata = (entry) => entry, making = (make) => make() }: TreeWriterOptions) {
    this.#view = view;
    this.#base = base;
    this.#metadata = metadata;
    this.#making = making;
  }

  /**
   * A file takes another's place; neither takes a directory's, nor a directory theirs.
   *
   * @throws GockerError `COPY_UNSAFE`, `COPY_CONFLICT`; Error of the filesystem
   */
  begin(entry: TarEntry): void {
    const path = componentsOf(entry.name);
    const name = path.pop();
    // The tree itself is there already, and stays as it is.
    if (name === undefined) return;
    const place = this.#directory(path);
    const parent = place.found?.fd ?? -1;
    const full = [...place.path, name];
    if (this.#view.mountAt(full) !== undefined) {
      this.#writeMounted(entry, full);
      return;
    }
    const existing = hold(parent, name);
    if (existing !== undefined) {
      closeSync(existing.fd);
      const isDirectory = existing.stats.isDirectory();
      if (isDirectory !== (entry.kind === 'directory')) throw conflict(entry.name, isDirectory);
      if (!isDirectory) unlinkSync(at(parent, name));
    }
    if (entry.kind === 'directory') {
      if (existing === undefined) this.#making(() => mkdirSync(at(parent, name), 0o700));
      this.#directories.set(full.join('/') as ByteString, this.#metadata(entry));
    } else this.#make(entry, parent, name);
  }

  content(bytes: Uint8Array): void {
    if (this.#file === undefined) return;
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(this.#file.fd, bytes, written, bytes.length - written);
    }
  }

  end(): void {
    if (this.#file === undefined) return;
    const { fd, metadata } = this.#file;
    applyOpen(fd, metadata);
    this.#file = undefined;
    closeSync(fd);
  }

  /** After the last entry: directories get what they are to have, those below before those above. */
  finish(): void {
    for (const [path, metadata] of [...this.#directories].reverse()) {
      const place = this.#view.resolve(path, { follow: false });
      if (place === undefined) continue;
      try {
        if (place.found?.stats.isDirectory())
          applyHeld(place.found.fd, at(place.found.fd), { kind: 'directory', metadata });
      } finally {
        releasePlace(place);
      }
    }
    this.#directories.clear();
  }

  /** Closes what is open; half a file doesn't stay. Idempotent. */
  close(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file?.unfinished !== undefined) unlinkSync(file.unfinished);
    if (file !== undefined) closeSync(file.fd);
    if (this.#parent !== undefined) releasePlace(this.#parent.place);
    this.#parent = undefined;
  }

  /** Held until another is wanted: entries of one directory mostly come in a row. */
  #directory(path: readonly ByteString[]): Place {
    const full = [...this.#base, ...path].join('/') as ByteString;
    if (this.#parent?.path === full) return this.#parent.place;
    if (this.#parent !== undefined) releasePlace(this.#parent.place);
    this.#parent = undefined;
    const place = this.#resolve(path);
    this.#parent = { path: full, place };
    return place;
  }

  /** As tar(1) does, directories that are missing are made. Links on the way lead where they lead within the view. */
  #resolve(path: readonly ByteString[]): Place {
    const to = (depth: number) => [...this.#base, ...path.slice(0, depth)].join('/') as ByteString;
    let place = this.#view.resolve(to(path.length), { follow: true });
    if (place?.found === undefined) {
      if (place !== undefined) releasePlace(place);
      for (let depth = 1; depth <= path.length; depth++) this.#makeMissing(to(depth));
      place = this.#view.resolve(to(path.length), { follow: true });
    }
    if (place?.found?.stats.isDirectory()) return place;
    if (place !== undefined) releasePlace(place);
    const full = shown(to(path.length));
    throw new GockerError('COPY_CONFLICT', `cannot copy into ${full}: not a directory (expected one)`);
  }

  #makeMissing(path: ByteString): void {
    const place = this.#view.resolve(path, { follow: true });
    if (place === undefined) return;
    const { parent, found } = place;
    try {
      if (found === undefined && parent !== undefined)
        this.#making(() => mkdirSync(at(parent, place.path.at(-1)), 0o755));
    } finally {
      releasePlace(place);
    }
  }

  #make(entry: TarEntry, parent: number, name: ByteString): void {
    const path = at(parent, name);
    const metadata = this.#metadata(entry);
    if (entry.kind === 'hardlink') {
      this.#link(entry, path);
      return;
    }
    if (entry.kind === 'file') {
      this.#file = { fd: this.#making(() => openSync(path, CREATE, 0o600)), metadata, unfinished: path };
      return;
    }
    this.#making(() => makeOther(entry, path));
    const made = hold(parent, name);
    if (made === undefined) return;
    try {
      applyHeld(made.fd, path, { kind: entry.kind === 'symlink' ? 'symlink' : 'node', metadata });
    } finally {
      closeSync(made.fd);
    }
  }

  #link(entry: TarEntry, path: string | Buffer): void {
    const target = this.#view.resolve([...this.#base, ...componentsOf(entry.linkname)].join('/') as ByteString, {
      follow: false,
    });
    try {
      const name = target?.path.at(-1);
      if (target?.found === undefined || target.parent === undefined || name === undefined) {
        throw new GockerError(
          'COPY_CONFLICT',
          `cannot link ${shown(entry.name)} to ${shown(entry.linkname)}: no such file (expected one before it)`,
        );
      }
      linkSync(at(target.parent, name), path);
    } finally {
      if (target !== undefined) releasePlace(target);
    }
  }

  /** What is mounted can't be replaced, but a file be written anew. */
  #writeMounted(entry: TarEntry, path: readonly ByteString[]): void {
    const place = this.#view.resolve(path.join('/') as ByteString, { follow: false });
    if (place === undefined) return;
    try {
      const isDirectory = place.found?.stats.isDirectory() === true;
      if (isDirectory && entry.kind === 'directory') return;
      if (place.found === undefined || !place.found.stats.isFile() || entry.kind !== 'file') {
        throw conflict(entry.name, isDirectory);
      }
      const fd = openSync(itself(place.found.fd), REPLACE);
      this.#file = { fd, metadata: this.#metadata(entry), unfinished: undefined };
    } finally {
      releasePlace(place);
    }
  }
}

function makeOther({ kind, linkname, device }: TarEntry, path: string | Buffer): void {
  if (kind === 'symlink') symlinkSync(pathOf(linkname), path);
  else if (kind === 'fifo') makeNode(path, 'fifo');
  else makeNode(path, kind === 'block-device' ? 'block-device' : 'character-device', device);
}

function componentsOf(name: ByteString): ByteString[] {
  const path = splitPath(name);
  if (!path.includes('..' as ByteString)) return path;
  throw new GockerError(
    'COPY_UNSAFE',
    `cannot copy ${shown(name)}: ".." in its name (expected one below the destination)`,
  );
}

/** docker's words. */
function conflict(name: ByteString, existing: boolean): GockerError {
  const [there, coming] = existing ? ['directory', 'non-directory'] : ['non-directory', 'directory'];
  return new GockerError(
    'COPY_CONFLICT',
    `cannot copy ${shown(name)}: cannot overwrite ${there} with ${coming} (expected both to be the same)`,
    { hint: 'Remove what is there first, or copy to another place.' },
  );
}
