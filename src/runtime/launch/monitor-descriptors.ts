/** What a monitor is given besides the container's pipes: opened for it, and closed here once it has them. */
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { messagePair, O, pipe, sendDescriptors } from '../../syscall/index.ts';
import type { CgroupRemains } from '../cgroups/cgroup.ts';
import { exitSize } from '../monitor/exit-file.ts';
import type { Place } from '../monitor/places.ts';

const { O_APPEND, O_CREAT, O_TRUNC, O_WRONLY } = constants;

/** Of one message: unix(7). */
const SCM_MAX_FD = 253;

export class MonitorDescriptors {
  readonly #given = new Map<Place, number>();
  /** Our end of `go`. */
  #go: number | undefined;

  /** @throws Error where the log or the exit's file can't be opened */
  constructor(paths: {
    readonly log: string;
    readonly exit: string;
    readonly remains: CgroupRemains | undefined;
    /** To be kept open by the monitor; they stay open here too. */
    readonly held?: readonly number[] | undefined;
  }) {
    const { kill } = paths.remains ?? {};
    try {
      this.#given.set('log', openSync(paths.log, O_WRONLY | O_CREAT | O_APPEND, 0o640));
      this.#given.set('exit', openSync(`${paths.exit}.new`, O_WRONLY | O_CREAT | O_TRUNC, 0o640));
      // The disk may be full when it ends: what is written then has its place already.
      writeSync(this.#given.get('exit') ?? -1, new Uint8Array(exitSize), 0, exitSize, 0);
      if (kill !== undefined) this.#openKill(kill);
      const control = pipe(O.O_NONBLOCK);
      this.#given.set('control', control.reader).set('commands', control.writer);
      const [ours, theirs] = messagePair();
      this.#given.set('go', theirs);
      this.#go = ours;
      if (paths.held !== undefined && paths.held.length > 0) this.#hold(paths.held);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** By their names in the plan. */
  get given(): Readonly<Partial<Record<Place, number>>> {
    return Object.fromEntries(this.#given);
  }

  /** Once the monitor has them. */
  closeGiven(): void {
    for (const fd of this.#given.values()) closeSync(fd);
    this.#given.clear();
  }

  /** Our end of `go`, the caller's from here on. */
  takeGo(): number {
    const go = this.#go ?? -1;
    this.#go = undefined;
    return go;
  }

  close(): void {
    this.closeGiven();
    if (this.#go !== undefined) closeSync(this.takeGo());
  }

  /** unix(7) SCM_RIGHTS: what was sent and not received is open all the same, however many there are, behind one descriptor. */
  #hold(fds: readonly number[]): void {
    const [ours, theirs] = messagePair();
    this.#given.set('held', theirs);
    try {
      for (let at = 0; at < fds.length; at += SCM_MAX_FD) {
        sendDescriptors(ours, Uint8Array.of(0), fds.slice(at, at + SCM_MAX_FD));
      }
    } finally {
      closeSync(ours);
    }
  }

  /** Linux < 5.14 has none: what outlives the first process is left to a sweep. */
  #openKill(path: string): void {
    try {
      this.#given.set('kill', openSync(path, O_WRONLY));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
}
