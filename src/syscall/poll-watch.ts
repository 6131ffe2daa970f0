/** A descriptor that is read and written without ever waiting, in Node's own event loop: for those that Node has no stream for. */
import { koffi } from './koffi.ts';

export interface PollEvents {
  readonly readable: boolean;
  readonly writable: boolean;
}

/** The descriptor stays the caller's, becomes non-blocking, and must outlive the watch. One watch a descriptor. */
export class PollWatch {
  readonly #fd: number;
  readonly #onReady: (events: PollEvents) => void;
  #handle: { close(): void } | undefined;
  #wanted: PollEvents = { readable: false, writable: false };

  /** @param onReady called again and again while what is wanted is there; a hang-up counts as readable */
  constructor(fd: number, onReady: (events: PollEvents) => void) {
    this.#fd = fd;
    this.#onReady = onReady;
  }

  /** The event loop is kept alive while anything is wanted. */
  want(wanted: PollEvents): void {
    if (wanted.readable === this.#wanted.readable && wanted.writable === this.#wanted.writable) return;
    this.#wanted = wanted;
    this.#handle?.close();
    this.#handle = undefined;
    if (!wanted.readable && !wanted.writable) return;
    this.#handle = koffi().node.poll(this.#fd, { ...wanted, disconnect: true }, this.#onEvents);
  }

  /** koffi 3.3 passes libuv's status before the events, which its types don't say. A failed poll lets the calls find out why. */
  readonly #onEvents = (...[status, events]: unknown[]): void => {
    const seen =
      typeof events === 'object' ? (events as Partial<PollEvents & { disconnect: boolean }> | null) : undefined;
    const failed = typeof status === 'number' && status < 0;
    this.#onReady({
      readable: this.#wanted.readable && (failed || seen?.readable === true || seen?.disconnect === true),
      writable: this.#wanted.writable && (failed || seen?.writable === true),
    });
  };

  close(): void {
    this.want({ readable: false, writable: false });
  }
}
