/** Waiting until something changes in a folder: by inotify(7), not by looking again and again. */
import { type FSWatcher, watch } from 'node:fs';

/** For machines that are out of inotify watches, fs.inotify.max_user_watches. */
const SLOW_LOOK = 250;

export class FolderWatch {
  readonly #watcher: FSWatcher | undefined;
  #hasChanged = true;
  #wake: (() => void) | undefined;

  constructor(folder: string) {
    try {
      this.#watcher = watch(folder, () => this.nudge());
      this.#watcher.on('error', () => this.nudge());
    } catch {
      this.#watcher = undefined;
    }
  }

  /** Resolves at once where something has changed since the last call, and at the first. Look after it, not before. */
  async changed(): Promise<void> {
    if (!this.#hasChanged) {
      await new Promise<void>((resolve) => {
        const timer = this.#watcher === undefined ? setTimeout(resolve, SLOW_LOOK) : undefined;
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#hasChanged = false;
  }

  /** As if something had changed. */
  nudge(): void {
    this.#hasChanged = true;
    this.#wake?.();
    this.#wake = undefined;
  }

  close(): void {
    this.#watcher?.close();
    this.nudge();
  }
}
