/** Waiting for whatever may happen to a container: its files change, its directory goes, one of its processes ends. */
import { closeSync, type FSWatcher, watch } from 'node:fs';
import type { ProcessIdentity } from '../../runtime/index.ts';
import { errnoNumber, PollWatch, pidfdOpen, SyscallError } from '../../syscall/index.ts';
import { Wake } from '../events/wake.ts';
import { isAlive } from './status.ts';

/** Milliseconds. setTimeout(2) takes no more. */
const LONGEST = 2 ** 31 - 1;

export class ContainerChanges implements Disposable {
  readonly #wake = new Wake();
  readonly #watcher: FSWatcher;
  readonly #processes = new Map<string, { readonly pidfd: number; readonly watch: PollWatch }>();

  /** From here on nothing is missed: look at the container after this, and before each wait. @throws Error ENOENT */
  constructor(directory: string) {
    const onChange = (_event: string, name: string | null) => {
      // What it prints says nothing of what it is.
      if (name?.startsWith('log') !== true) this.#wake.call();
    };
    this.#watcher = watch(directory, onChange).on('error', this.#wake.call);
  }

  /** Its end is a change, too. One that has ended by now is one at once. */
  watchProcess(process: ProcessIdentity): void {
    const key = `${process.pid}.${process.startTime}`;
    if (this.#processes.has(key)) return;
    const pidfd = openProcess(process);
    if (pidfd === undefined) {
      this.#wake.call();
      return;
    }
    const end = new PollWatch(pidfd, () => {
      end.close();
      this.#wake.call();
    });
    this.#processes.set(key, { pidfd, watch: end });
    end.want({ readable: true, writable: false });
  }

  /** @param within milliseconds */
  async wait(within = LONGEST): Promise<void> {
    const timer = setTimeout(this.#wake.call, Math.min(within, LONGEST));
    await this.#wake.wait();
    clearTimeout(timer);
  }

  /** Ends a wait, as a change does. */
  readonly interrupt = (): void => this.#wake.call();

  [Symbol.dispose](): void {
    this.#watcher.close();
    for (const { pidfd, watch } of this.#processes.values()) {
      watch.close();
      closeSync(pidfd);
    }
    this.#processes.clear();
  }
}

/** @returns undefined where it has ended */
function openProcess(process: ProcessIdentity): number | undefined {
  let pidfd: number;
  try {
    pidfd = pidfdOpen(process.pid);
  } catch (error) {
    if (error instanceof SyscallError && error.errno === errnoNumber('ESRCH')) return undefined;
    throw error;
  }
  // Held by its descriptor, it keeps its pid to itself: what has this start time now is what is held.
  if (isAlive(process)) return pidfd;
  closeSync(pidfd);
  return undefined;
}
