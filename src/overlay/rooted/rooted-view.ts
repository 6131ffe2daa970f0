/**
 * A tree whose owner is not to be trusted, such as a container's: paths in it are walked one component at a time, each held by
 * its descriptor, symbolic links read and resolved by us within the tree. Nothing that is swapped meanwhile leads out
 * (CVE-2018-15664, CVE-2019-14271): no call is ever given a path of two components.
 */
import { closeSync, readlinkSync } from 'node:fs';
import { GockerError } from '../../errors/index.ts';
import { type ByteString, byteString, byteStringOf, shown } from '../tar/byte-string.ts';
import { splitPath } from '../unpack/entry-path.ts';
import { at, type HeldFile, hold, holdAgain } from './at.ts';

/** As many links as Linux follows in one path, path_resolution(7). */
const MOST_LINKS = 40;

/** Something that stands over a place of the tree. */
export interface ViewMount {
  /** Absolute and normal. */
  readonly destination: ByteString;
  readonly readOnly: boolean;
  /** What is to be added to ids of the view's owner to have those of its files. */
  readonly firstID: number;
  /** Its root; undefined where there is none any more. The caller closes it. */
  readonly open: () => HeldFile | undefined;
}

/** Where a path leads. All descriptors are the holder's: see releasePlace(). */
export interface Place {
  /** Components from the root, without links. */
  readonly path: readonly ByteString[];
  /** The directory that has the name; undefined for the root, and for the root of a mount. */
  readonly parent: number | undefined;
  /** What stands there; undefined where there is nothing of that name. */
  readonly found: HeldFile | undefined;
  /** The mount that it lies in, or is. */
  readonly mount: ViewMount | undefined;
}

export interface ResolveOptions {
  /** Of the last component; the others are followed always. */
  readonly follow: boolean;
}

interface Step {
  readonly name: ByteString;
  readonly file: HeldFile;
  readonly mount: ViewMount | undefined;
}

export class RootedView {
  readonly #root: number;
  readonly #mounts: ReadonlyMap<ByteString, ViewMount>;

  /** @param root descriptor of a directory: stays the caller's, and must outlive the view */
  constructor(root: number, mounts: readonly ViewMount[] = []) {
    this.#root = root;
    this.#mounts = new Map(mounts.map((mount) => [mount.destination, mount]));
  }

  mountAt(path: readonly ByteString[]): ViewMount | undefined {
    return this.#mounts.get(`/${path.join('/')}` as ByteString);
  }

  /** The innermost that a path leads into, itself included. */
  mountOver(path: readonly ByteString[]): ViewMount | undefined {
    if (this.#mounts.size === 0) return undefined;
    for (let depth = path.length; depth > 0; depth--) {
      const mount = this.mountAt(path.slice(0, depth));
      if (mount !== undefined) return mount;
    }
    return undefined;
  }

  /**
   * @param path from the root, however it is written
   * @returns undefined where a directory on the way is missing
   * @throws GockerError `LINK_LOOP`, `NOT_A_DIRECTORY`; Error of the filesystem
   */
  resolve(path: ByteString, { follow }: ResolveOptions): Place | undefined {
    const steps: Step[] = [];
    const todo = splitPath(path).reverse();
    // "name/" and "name/." mean the directory that it leads to, path_resolution(7).
    const followLast = follow || /(?:^|\/)\.?$/.test(path);
    let links = 0;
    try {
      for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
        if (name === '..') {
          release(steps.splice(-1));
          continue;
        }
        const isLast = todo.length === 0;
        const step = this.#step(steps, name);
        if (step === undefined) return isLast ? this.#missing(steps, name) : release(steps.splice(0));
        const { stats } = step.file;
        if (stats.isSymbolicLink() && (!isLast || followLast)) {
          closeSync(step.file.fd);
          if (++links > MOST_LINKS) throw linkLoop(path);
          const target = byteString(readlinkSync(at(this.#top(steps), name), 'buffer'));
          if (target.startsWith('/')) release(steps.splice(0));
          todo.push(...splitPath(target).reverse());
          continue;
        }
        steps.push(step);
        if (!stats.isDirectory() && !isLast) throw notDirectory(path, name);
      }
      return this.#found(steps);
    } catch (error) {
      release(steps.splice(0));
      throw error;
    }
  }

  #top(steps: readonly Step[]): number {
    return steps.at(-1)?.file.fd ?? this.#root;
  }

  #step(steps: readonly Step[], name: ByteString): Step | undefined {
    const above = steps.at(-1)?.mount;
    const mount = this.mountAt([...steps.map((step) => step.name), name]);
    const mounted = mount?.open();
    if (mounted !== undefined) return { name, file: mounted, mount };
    const file = hold(this.#top(steps), name);
    return file === undefined ? undefined : { name, file, mount: above };
  }

  #missing(steps: Step[], name: ByteString): Place {
    const path = [...steps.map((step) => step.name), name];
    const mount = steps.at(-1)?.mount;
    const parent = holdAgain(this.#top(steps));
    release(steps.splice(0));
    return { path, parent, found: undefined, mount };
  }

  #found(steps: Step[]): Place {
    const path = steps.map((step) => step.name);
    const last = steps.pop();
    if (last === undefined) {
      const root = hold(this.#root, '.' as ByteString);
      return { path, parent: undefined, found: root, mount: undefined };
    }
    const isMount = this.mountAt(path) !== undefined;
    const parent = isMount ? undefined : holdAgain(this.#top(steps));
    release(steps.splice(0));
    return { path, parent, found: last.file, mount: last.mount };
  }
}

export function releasePlace({ parent, found }: Pick<Place, 'parent' | 'found'>): void {
  if (parent !== undefined) closeSync(parent);
  if (found !== undefined) closeSync(found.fd);
}

function release(steps: readonly Step[]): undefined {
  for (const { file } of steps) closeSync(file.fd);
}

function linkLoop(path: ByteString): GockerError {
  return new GockerError(
    'LINK_LOOP',
    `cannot follow ${shown(path)}: over ${MOST_LINKS} symbolic links (expected an end to them)`,
  );
}

function notDirectory(path: ByteString, name: ByteString): GockerError {
  return new GockerError(
    'NOT_A_DIRECTORY',
    `cannot follow ${shown(path)}: not a directory: ${shown(name)} (expected one)`,
  );
}

/** What a path leads to within a directory; undefined for nothing. The caller closes it. */
export function holdWithin(root: number, path: string): HeldFile | undefined {
  const place = new RootedView(root).resolve(byteStringOf(path), { follow: true });
  if (place?.parent !== undefined) closeSync(place.parent);
  return place?.found;
}

/** A path of text as views and walks have it. */
export function viewPath(path: string): ByteString {
  return byteStringOf(path);
}
