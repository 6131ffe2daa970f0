/** What a monitor is given besides the container's pipes: opened for it, and closed here once it has them. */
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { messagePair, O, pipe } from '../../syscall/index.ts';
import type { CgroupRemains } from '../cgroups/cgroup.ts';
import { exitSize } from '../monitor/exit-file.ts';
import type { Place } from '../monitor/places.ts';

const { O_APPEND, O_CREAT, O_TRUNC, O_WRONLY } = constants;

export class MonitorDescriptors {
  readonly #given = new Map<Place, number>();
  /** Our end of `go`. */
  #go: number | undefined;

  /** @throws Error where the log or the exit's file can't be opened */
  constructor(paths: { readonly log: string; readonly exit: string; readonly remains: CgroupRemains | undefined }) {
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

  /** Linux < 5.14 has none: what outlives the first process is left to a sweep. */
  #openKill(path: string): void {
    try {
      this.#given.set('kill', openSync(path, O_WRONLY));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
}
