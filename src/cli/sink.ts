/**
 * Where text goes: standard output and standard error by their descriptors. `process.stdout` would load Node's network and
 * terminal code first (3–5 ms of a start that takes 30).
 */
import { fstatSync, writeSync } from 'node:fs';

export interface Sink {
  write(text: string | Uint8Array): void;
  /** A terminal is at the other end. */
  readonly isTerminal: boolean;
}

/** The reader of our output is gone (`| head`): nothing is wrong, and nothing more can be said. */
export class OutputClosed extends Error {}

export class DescriptorSink implements Sink {
  readonly #fd: 1 | 2;

  constructor(fd: 1 | 2) {
    this.#fd = fd;
  }

  get isTerminal(): boolean {
    return isTerminal(this.#fd);
  }

  /** @throws OutputClosed */
  write(text: string | Uint8Array): void {
    let bytes = typeof text === 'string' ? Buffer.from(text) : text;
    while (bytes.length > 0) {
      try {
        bytes = bytes.subarray(writeSync(this.#fd, bytes));
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code;
        // Nobody hears our warnings: the work goes on.
        if (code === 'EPIPE' && this.#fd === 2) return;
        if (code === 'EPIPE') throw new OutputClosed();
        // Somebody made the pipe that we share with them non-blocking.
        if (code !== 'EAGAIN') throw error;
        Atomics.wait(pause, 0, 0, 1);
      }
    }
  }
}

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Terminals are character devices with a driver of their own, tty_ioctl(4); /dev/null and the like have major 1. */
export function isTerminal(fd: number): boolean {
  try {
    const status = fstatSync(fd);
    return status.isCharacterDevice() && status.rdev >> 8 !== 1;
  } catch {
    return false;
  }
}
