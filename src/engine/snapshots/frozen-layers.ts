/**
 * Layers that were a container's own changes until a snapshot froze them:
 *
 *   snapshots/<id>/                    diff/ an upperdir as it was · layer.json what it stands on
 *   snapshots/.removed-<id>-<pid>-<n>/ being removed, by anybody
 *
 * Whiteouts and opaque directories of an upperdir mean the same in a lowerdir, so that nothing is changed by the move. A layer is
 * there while a container's record names it, or one that stands on it. The lock is flock(2) on `snapshots/` itself: shared for
 * giving a record a new layer, exclusive for looking which ones no record names.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import { removeTree } from '../../overlay/index.ts';
import { withDirectoryLock } from '../../store/index.ts';
import { randomBytes } from '../containers/random.ts';

/** 16 hex digits. */
export type FrozenID = string;

const TREE = 'diff';
const RECORD = 'layer.json';
const REMOVED = '.removed-';

let count = 0;

export class FrozenLayers {
  readonly #root: string;

  /** @param root gocker's; `snapshots/` in it is made by the first snapshot */
  constructor(root: string) {
    this.#root = join(root, 'snapshots');
  }

  tree(id: FrozenID): string {
    return join(this.#root, id, TREE);
  }

  has(id: FrozenID): boolean {
    return existsSync(this.tree(id));
  }

  /**
   * The layer and those that it stands on, top first.
   *
   * @throws GockerError `SNAPSHOT_BROKEN`
   */
  stack(id: FrozenID): readonly FrozenID[] {
    const path = join(this.#root, id, RECORD);
    try {
      const { below } = JSON.parse(readFileSync(path, 'utf8')) as { below: readonly FrozenID[] };
      return [id, ...below];
    } catch (cause) {
      throw broken(id, path, cause);
    }
  }

  /** @throws GockerError `SNAPSHOT_BROKEN` where the layer, or one that it stands on, is not all there */
  check(id: FrozenID): void {
    const missing = this.stack(id).find((layer) => !this.has(layer));
    if (missing !== undefined) throw broken(missing, this.tree(missing));
  }

  /** Trees, top first: OverlayFS's `lowerdir`s. @throws GockerError `SNAPSHOT_BROKEN` */
  lowerdirs(id: FrozenID): readonly string[] {
    return this.stack(id).map((layer) => this.tree(layer));
  }

  /**
   * A place for a new layer, without its tree. `name` writes it into a record: from then on it is kept.
   *
   * @param below the layer that it stands on; undefined: an image
   */
  async make(below: FrozenID | undefined, name: (id: FrozenID) => void): Promise<void> {
    mkdirSync(this.#root, { recursive: true, mode: 0o700 });
    await withDirectoryLock(this.#root, 'shared', () => {
      const id = randomBytes(8).toString('hex');
      const stack = below === undefined ? [] : this.stack(below);
      // As with containers: a set-user-ID program in it must be in no other user's reach.
      mkdirSync(join(this.#root, id), { mode: 0o700 });
      writeFileSync(join(this.#root, id, RECORD), `${JSON.stringify({ below: stack })}\n`, {
        mode: 0o600,
        flush: true,
      });
      syncFolder(join(this.#root, id));
      syncFolder(this.#root);
      name(id);
    });
  }

  /** Gives a new layer its tree. Idempotent: of a call that was cut off, the next does the rest. */
  moveIn(id: FrozenID, upperdir: string): void {
    if (!this.has(id)) renameSync(upperdir, this.tree(id));
  }

  /** Removes all that is not `live`, which is asked under the lock. */
  async collect(live: () => ReadonlySet<FrozenID>): Promise<void> {
    if (!existsSync(this.#root)) return;
    await withDirectoryLock(this.#root, 'exclusive', () => {
      const kept = live();
      const gone = this.#names().filter((name) => !name.startsWith(REMOVED) && !kept.has(name));
      for (const id of gone) {
        renameSync(join(this.#root, id), join(this.#root, `${REMOVED}${id}-${process.pid}-${count++}`));
      }
    });
    for (const name of this.#names()) if (name.startsWith(REMOVED)) await removeTree(join(this.#root, name));
  }

  #names(): string[] {
    return readdirSync(this.#root);
  }
}

function broken(id: FrozenID, path: string, cause?: unknown): GockerError {
  return new GockerError('SNAPSHOT_BROKEN', `cannot use frozen layer ${id}: "${path}" is missing or damaged`, {
    cause,
    hint: 'Go back to a snapshot below it with "gocker restore", or remove the containers that stand on it.',
  });
}

/** fsync(2) of a folder: what was made in it is found again after a power cut. */
function syncFolder(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
