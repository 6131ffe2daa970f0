/**
 * The disk works while the layer is still unpacked, rather than after it: what a large layer has written so far is synced
 * now and then, so that the last syncfs(2) finds little left to do.
 */
import { syncShared } from './shared-sync.ts';

const STEP = 64 << 20;

export class EarlyWriteback {
  readonly #directory: string;
  #begun = 0;
  #syncs: Promise<void> = Promise.resolve();

  /** @param directory of the filesystem to sync */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Says how many bytes are written. */
  advance(bytes: number): void {
    if (bytes - this.#begun < STEP) return;
    this.#begun = bytes;
    const sync = syncShared(this.#directory);
    this.#syncs = this.#syncs.then(() => sync);
    // `finish` throws it. Nobody else would: the kernel reports a lost write to one caller of syncfs(2) alone.
    this.#syncs.catch(() => {});
    sync.catch(() => {});
  }

  /** @throws SyscallError where a write was lost */
  finish(): Promise<void> {
    return this.#syncs;
  }
}
