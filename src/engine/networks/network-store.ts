/**
 * Networks as files: `<root>/networks/<id>.json`, each put in its place at once and for good. The lock is flock(2) on the folder: for
 * making and removing.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import { makeDirectory, replaceFile, syncDirectory, withDirectoryLock } from '../../store/index.ts';
import type { NetworkRecord } from './network-record.ts';

/** Those that every machine has, and nobody makes or removes. */
export const predefined = ['bridge', 'host', 'none'] as const;

/** No network has such a name. */
const NEW = '.new';

export class NetworkStore {
  readonly #folder: string;

  /** @param root gocker's; `networks/` in it is made by the first network */
  constructor(root: string) {
    this.#folder = join(root, 'networks');
  }

  /** By name. */
  list(): NetworkRecord[] {
    return namesIn(this.#folder)
      .filter((name) => /^[0-9a-f]{64}\.json$/.test(name))
      .flatMap((name) => this.get(name.slice(0, 64)) ?? [])
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  get(id: string): NetworkRecord | undefined {
    try {
      return JSON.parse(readFileSync(this.#path(id), 'utf8')) as NetworkRecord;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new GockerError('NETWORK_BROKEN', `cannot read "${this.#path(id)}": it is not JSON`, {
        cause: error,
        hint: `Remove the file if the network is of no use any more.`,
      });
    }
  }

  /**
   * @param text name, id or unique prefix of an id
   * @returns undefined where there is none
   * @throws GockerError `NETWORK_AMBIGUOUS`
   */
  find(text: string): NetworkRecord | undefined {
    const all = this.list();
    const exact = all.find(({ id }) => id === text) ?? all.find(({ name }) => name === text);
    if (exact !== undefined || text === '') return exact;
    const begin = all.filter(({ id }) => id.startsWith(text));
    if (begin.length < 2) return begin[0];
    throw new GockerError('NETWORK_AMBIGUOUS', `cannot find network "${text}": ${begin.length} ids begin so`, {
      hint: 'Give more letters of the id, or the name.',
    });
  }

  /** Runs `act` while no other makes or removes networks. */
  async exclusively<T>(act: () => T | Promise<T>): Promise<T> {
    await makeDirectory(this.#folder, 0o700);
    return await withDirectoryLock(this.#folder, 'exclusive', () => {
      // What a killed gocker was about to put.
      rmSync(join(this.#folder, NEW), { recursive: true, force: true });
      return act();
    });
  }

  /** To be called within exclusively(). Durable once it resolves. */
  async put(record: NetworkRecord): Promise<void> {
    const temporaries = join(this.#folder, NEW);
    await makeDirectory(temporaries, 0o700);
    await replaceFile(this.#path(record.id), `${JSON.stringify(record)}\n`, temporaries);
  }

  /** To be called within exclusively(). */
  async remove(id: string): Promise<void> {
    rmSync(this.#path(id), { force: true });
    await syncDirectory(this.#folder);
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}

export function noSuchNetwork(text: string, verb = 'find'): GockerError {
  const ways = verb === 'find' ? `, or make it: gocker network create ${text}` : '';
  return new GockerError('NETWORK_NOT_FOUND', `cannot ${verb} network "${text}": network ${text} not found`, {
    hint: `See "gocker network ls" for those there are${ways}.`,
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
