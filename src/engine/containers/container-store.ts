/**
 * The containers of a root as files: `containers/<id>/` with its record, `names/<name>`, and `<run>/alive/<id>.<pid>.<start
 * time>` while a gocker looks after one: what a killed gocker left is found by these marks and cleared up by the next.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import { removeTreeSync } from '../../overlay/index.ts';
import type { ProcessIdentity } from '../../runtime/index.ts';
import { NameLinks } from './name-links.ts';
import { checkContainerName, makeUpName } from './names.ts';
import { randomBytes } from './random.ts';
import { type ContainerRecord, readRecord, writeRecord } from './record.ts';
import { identifyProcess, isAlive, ofThisBoot, statusOf } from './status.ts';

/** A container whose gocker is gone; without a record where that was killed before it kept one. */
export interface Abandoned extends Pick<ContainerRecord, 'id' | 'name' | 'owner'> {
  readonly record: ContainerRecord | undefined;
}

export class ContainerStore {
  readonly #containers: string;
  readonly #names: NameLinks;
  readonly #marks: string;

  constructor(root: string, run: string) {
    this.#containers = join(root, 'containers');
    this.#names = new NameLinks(join(root, 'names'));
    this.#marks = join(run, 'alive');
  }

  directory(id: string): string {
    return join(this.#containers, id);
  }

  /**
   * Takes an id and a name, and keeps the first record. The record comes before the name, so that no name ever points at a
   * container that is still to be.
   *
   * @throws GockerError `NAME_TAKEN`, `NAME_INVALID`
   */
  create(draft: Omit<ContainerRecord, 'id' | 'name'>, givenName: string | undefined): ContainerRecord {
    const given = givenName === undefined ? undefined : checkContainerName(givenName);
    const id = randomBytes(32).toString('hex');
    // A set-user-ID program in a writable layer must be in no other user's reach (CVE-2021-41091).
    mkdirSync(this.#containers, { recursive: true, mode: 0o700 });
    // Before its directory: one without a mark was forgotten by a boot.
    this.mark(id, draft.owner);
    try {
      mkdirSync(this.directory(id), { mode: 0o700 });
      return this.#nameAndKeep({ ...draft, id, name: given ?? makeUpName(0) }, given);
    } catch (error) {
      this.remove({ id, name: '' });
      this.unmark({ id, owner: draft.owner });
      throw error;
    }
  }

  update(record: ContainerRecord): void {
    writeRecord(this.directory(record.id), record);
  }

  /**
   * Newest first. A container that is being removed meanwhile is left out.
   *
   * @param onBroken takes what is thrown for one whose record can't be read, which then is left out
   * @throws GockerError `CONTAINER_BROKEN`
   */
  list(onBroken?: (error: GockerError) => void): ContainerRecord[] {
    const read = (id: string) => {
      try {
        return readRecord(this.directory(id)) ?? [];
      } catch (error) {
        if (!isBroken(error) || onBroken === undefined) throw error;
        onBroken(error);
        return [];
      }
    };
    const records = namesIn(this.#containers).flatMap(read);
    return records.sort((a, b) => compare(b.created, a.created) || compare(a.id, b.id));
  }

  /**
   * @param text name, id or unique prefix of an id
   * @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`
   */
  find(text: string): ContainerRecord {
    return this.get(this.locate(text), text);
  }

  /**
   * The id alone, also of one whose record is lost.
   *
   * @returns undefined where there is none
   * @throws GockerError `CONTAINER_AMBIGUOUS`
   */
  locate(text: string): string | undefined {
    const named = this.#names.idOf(text);
    if (named !== undefined && this.#holds(named, text)) return named;
    const ids = this.#idsThatBegin(text);
    if (ids.length < 2) return ids[0];
    throw new GockerError('CONTAINER_AMBIGUOUS', `cannot find container "${text}": ${ids.length} ids begin so`, {
      hint: 'Give more letters of the id, or the name.',
    });
  }

  /** Undefined where it is gone. */
  peek(id: string): ContainerRecord | undefined {
    return readRecord(this.directory(id));
  }

  /**
   * @param text as the user named it
   * @throws GockerError `CONTAINER_NOT_FOUND`
   */
  get(id: string | undefined, text: string): ContainerRecord {
    const record = id === undefined ? undefined : this.peek(id);
    if (record !== undefined) return record;
    throw new GockerError('CONTAINER_NOT_FOUND', `cannot find container "${text}": no such container`, {
      hint: 'See "gocker ps -a" for those there are.',
    });
  }

  /**
   * Within its lock. The wish comes first, so that a name which was taken is known to be its own wherever this is cut off.
   *
   * @throws GockerError `NAME_TAKEN`
   */
  rename({ newName: _, ...record }: ContainerRecord, name: string): void {
    this.update({ ...record, newName: name });
    while (!this.#names.claim(name, record.id)) {
      if (this.#freeStale(name)) continue;
      this.update(record);
      throw this.#taken(name);
    }
    this.update({ ...record, name });
    this.#names.release(record.name, record.id);
  }

  /** The name of one whose record is lost. */
  nameOf(id: string): string | undefined {
    return this.#names.nameOf(id);
  }

  /** Removes record, files and name. Under our mark: where it is cut off, whoever sweeps next goes on. Idempotent. */
  remove({ id, name }: Pick<ContainerRecord, 'id' | 'name'>): void {
    const us = identifyProcess(process.pid) ?? { pid: process.pid, startTime: 0 };
    const wasMarked = existsSync(this.markOf(id, us));
    if (!wasMarked) this.mark(id, us);
    // First: one that has lost some of its files is nobody's container any more.
    rmSync(join(this.directory(id), 'state.json'), { force: true });
    removeTreeSync(this.directory(id));
    this.#names.release(name, id);
    if (!wasMarked) this.unmark({ id, owner: us });
  }

  /** Says who looks after the container. */
  mark(id: string, owner: ProcessIdentity): void {
    mkdirSync(this.#marks, { recursive: true, mode: 0o700 });
    writeFileSync(this.markOf(id, owner), '');
  }

  /** Says that nobody looks after the container any more, or needs to. Its last step, after its cgroup and its files. */
  unmark({ id, owner }: Pick<ContainerRecord, 'id' | 'owner'>): void {
    removeTreeSync(this.markOf(id, owner));
  }

  /** Whether its owner still has something to do for it; a killed one has for ever. */
  isMarked({ id, owner }: Pick<ContainerRecord, 'id' | 'owner'>): boolean {
    return existsSync(this.markOf(id, owner));
  }

  /** Of a container that is gone: all marks but those of the living, who take theirs away themselves. */
  unmarkDead(id: string): void {
    for (const mark of namesIn(this.#marks)) {
      const [marked, pid, startTime] = mark.split('.');
      if (marked !== id) continue;
      const owner = { pid: Number(pid), startTime: Number(startTime) };
      if (!isAlive(owner)) this.unmark({ id, owner });
    }
  }

  /** The file that says so. */
  markOf(id: string, { pid, startTime }: ProcessIdentity): string {
    return join(this.#marks, `${id}.${pid}.${startTime}`);
  }

  /**
   * What killed gockers left: containers that are to be cleared up and then unmarked. Costs a look at the marks alone. Those
   * whose first process lives on (it was told to die with its owner) are left for later.
   */
  abandoned(): Abandoned[] {
    if (!existsSync(this.#marks)) this.#markForgotten();
    return namesIn(this.#marks).flatMap((mark) => {
      const [id = '', pid, startTime] = mark.split('.');
      const owner = { pid: Number(pid), startTime: Number(startTime) };
      const record = this.#readable(id);
      if (record === 'broken') return [];
      if (isAlive(owner) && (record === undefined || ofThisBoot(record))) return [];
      // Also what started it may be gone, while its monitor lives.
      const isOwner = record?.owner.pid === owner.pid && record.owner.startTime === owner.startTime;
      if (isOwner && statusOf(record) === 'running') return [];
      return [{ id, owner, name: record?.name ?? this.#names.nameOf(id) ?? '', record }];
    });
  }

  /**
   * A boot forgets all marks: whatever has no end in its record gets a mark of a process that never was. Marks appear all at
   * once and only where there are none, so that no container is taken for one of those that was made meanwhile.
   */
  #markForgotten(): void {
    const fresh = `${this.#marks}.${process.pid}`;
    mkdirSync(fresh, { recursive: true, mode: 0o700 });
    for (const id of namesIn(this.#containers)) {
      const record = this.#readable(id);
      if (record === 'broken') continue;
      const isAtRest = record?.finished !== undefined || (record?.kept === true && record.process === undefined);
      if (!isAtRest) writeFileSync(join(fresh, `${id}.0.0`), '');
    }
    try {
      renameSync(fresh, this.#marks);
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      removeTreeSync(fresh);
    }
  }

  #nameAndKeep(record: ContainerRecord, given: string | undefined): ContainerRecord {
    for (let attempt = 1; ; attempt++) {
      writeRecord(this.directory(record.id), record);
      if (this.#names.claim(record.name, record.id)) return record;
      if (this.#freeStale(record.name)) continue;
      if (given !== undefined) throw this.#taken(given);
      record = { ...record, name: makeUpName(attempt) };
    }
  }

  #freeStale(name: string): boolean {
    return this.#names.releaseStale(name, (id) => this.#holds(id, name));
  }

  /** A link alone is no proof: it may be left of a removal or a renaming that was cut off. */
  #holds(id: string, name: string): boolean {
    const record = this.#readable(id);
    if (record === undefined || record === 'broken') return existsSync(this.directory(id));
    return record.name === name || record.newName === name;
  }

  #taken(name: string): GockerError {
    const holder = this.#names.idOf(name)?.slice(0, 12);
    return new GockerError('NAME_TAKEN', `cannot name a container "${name}": container ${holder} has that name`, {
      hint: `Remove it with "gocker rm ${name}", or take another name.`,
    });
  }

  /** Nothing is done to one whose record can't be read but what somebody asks for: it may be of use yet. */
  #readable(id: string): ContainerRecord | 'broken' | undefined {
    try {
      return readRecord(this.directory(id));
    } catch (error) {
      if (!isBroken(error)) throw error;
      return 'broken';
    }
  }

  #idsThatBegin(prefix: string): string[] {
    return prefix === '' ? [] : namesIn(this.#containers).filter((id) => id.startsWith(prefix));
  }
}

function isBroken(error: unknown): error is GockerError {
  return error instanceof GockerError && error.code === 'CONTAINER_BROKEN';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
