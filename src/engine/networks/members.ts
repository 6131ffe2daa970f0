/**
 * Who is on which network: `<run>/networks/members.json`, replaced atomically. All that changes the kernel's side of networks is done
 * under flock(2) on its folder, so that addresses are given out once, and what a killed gocker left is seen by whoever comes next.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withDirectoryLock } from '../../store/index.ts';
import { bootID, isAlive } from '../containers/status.ts';
import type { EngineContext } from '../context.ts';
import type { Member } from './member.ts';

interface Kept {
  /** Of the machine: what was before is nobody's any more. */
  readonly boot: string;
  readonly members: readonly Member[];
}

/** Those whose container lives. Without the lock: as it was a moment ago. */
export function readMembers({ directories }: Pick<EngineContext, 'directories'>): readonly Member[] {
  return read(folderOf(directories.run)).filter(({ process }) => isAlive(process));
}

export function memberOf(context: Pick<EngineContext, 'directories'>, container: string): Member | undefined {
  return readMembers(context).find(({ id }) => id === container);
}

/** Whether there is anything to clear up after it. Without the lock: its own steps come one after the other. */
export function isKnown({ directories }: Pick<EngineContext, 'directories'>, container: string): boolean {
  return read(folderOf(directories.run)).some(({ id }) => id === container);
}

/** The list while it is ours. */
export class Members {
  readonly #folder: string;
  #all: readonly Member[];

  constructor(folder: string) {
    this.#folder = folder;
    this.#all = read(folder);
  }

  get living(): readonly Member[] {
    return this.#all.filter(({ process }) => isAlive(process));
  }

  /** Nobody has cleared up after them. */
  get dead(): readonly Member[] {
    return this.#all.filter(({ process }) => !isAlive(process));
  }

  of(container: string): Member | undefined {
    return this.#all.find(({ id }) => id === container);
  }

  /** In place of what it had. Kept once it returns. */
  put(member: Member): void {
    this.#keep([...this.#all.filter(({ id }) => id !== member.id), member]);
  }

  remove(container: string): void {
    this.#keep(this.#all.filter(({ id }) => id !== container));
  }

  #keep(members: readonly Member[]): void {
    const path = fileIn(this.#folder);
    const kept: Kept = { boot: bootID(), members };
    writeFileSync(`${path}.new`, JSON.stringify(kept), { mode: 0o600 });
    renameSync(`${path}.new`, path);
    this.#all = members;
  }
}

/** One at a time, of all processes. No lock of a container is waited for within. */
export async function withMembers<T>(
  { directories }: Pick<EngineContext, 'directories'>,
  act: (members: Members) => T | Promise<T>,
): Promise<T> {
  const folder = folderOf(directories.run);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return await withDirectoryLock(folder, 'exclusive', () => act(new Members(folder)));
}

function folderOf(run: string): string {
  return join(run, 'networks');
}

function fileIn(folder: string): string {
  return join(folder, 'members.json');
}

function read(folder: string): readonly Member[] {
  try {
    const { boot, members } = JSON.parse(readFileSync(fileIn(folder), 'utf8')) as Kept;
    return boot === bootID() ? members : [];
  } catch {
    // Not there yet, or torn by a power cut: then nobody lives who was in it.
    return [];
  }
}
