/**
 * Volumes as files: `volumes/<name>/` with `volume.json` and the tree, `_data/`. A folder stands under its name only when it
 * is whole and on the disk; one that is being made or removed has a name that no volume can have:
 *
 *   volumes/.new-<pid>-<n>/             being made, under the lock
 *   volumes/.removed-<name>-<pid>-<n>/  being removed, by anybody
 *
 * The lock is flock(2) on `volumes/` itself: for making, removing, and looking who uses what that is to be removed.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree, removeTreeSync } from '../../overlay/index.ts';
import { makeDirectory, syncDirectory, withDirectoryLock } from '../../store/index.ts';

export interface Volume {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** As after `volume create -o`. */
  readonly options: Readonly<Record<string, string>>;
  /** RFC 3339. */
  readonly created: string;
}

const RECORD = 'volume.json';
const NEW = '.new-';
const REMOVED = '.removed-';

let count = 0;

export class VolumeStore {
  readonly #root: string;

  /** @param root gocker's; `volumes/` in it is made by the first volume */
  constructor(root: string) {
    this.#root = join(root, 'volumes');
  }

  folder(name: string): string {
    return join(this.#root, name);
  }

  /** Where its files are. */
  data(name: string): string {
    return join(this.#root, name, '_data');
  }

  find(name: string): Volume | undefined {
    const folder = this.folder(name);
    if (!/^[a-zA-Z0-9]/.test(name) || name.includes('/') || !existsSync(this.data(name))) return undefined;
    try {
      return { name, ...(JSON.parse(readFileSync(join(folder, RECORD), 'utf8')) as Omit<Volume, 'name'>) };
    } catch {
      // Whatever became of the record: the files are what counts.
      return { name, labels: {}, options: {}, created: statSync(folder).mtime.toISOString() };
    }
  }

  /** By name. */
  list(): Volume[] {
    return namesIn(this.#root)
      .sort()
      .flatMap((name) => this.find(name) ?? []);
  }

  /** Runs `act` while no other makes or removes volumes; then puts away what others left that died of either. */
  async exclusively<T>(act: () => T | Promise<T>): Promise<T> {
    await makeDirectory(this.#root, 0o700);
    const result = await withDirectoryLock(this.#root, 'exclusive', async () => {
      for (const name of namesIn(this.#root)) if (name.startsWith(NEW)) removeTreeSync(join(this.#root, name));
      return await act();
    });
    for (const name of namesIn(this.#root)) if (name.startsWith(REMOVED)) await removeTree(join(this.#root, name));
    return result;
  }

  /** To be called within exclusively(). Durable once it resolves. */
  async create(volume: Volume): Promise<void> {
    const draft = join(this.#root, `${NEW}${process.pid}-${count++}`);
    mkdirSync(draft, { mode: 0o711 });
    mkdirSync(join(draft, '_data'), { mode: 0o755 });
    const { name, ...record } = volume;
    const handle = await open(join(draft, RECORD), 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(record)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await syncDirectory(draft);
    renameSync(draft, this.folder(name));
    await syncDirectory(this.#root);
  }

  /** To be called within exclusively(): gone at once; its files go when that ends. */
  remove(name: string): void {
    renameSync(this.folder(name), join(this.#root, `${REMOVED}${name}-${process.pid}-${count++}`));
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
