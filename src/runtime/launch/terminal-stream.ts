/**
 * gocker's side of a container's terminal as a stream. Neither of Node's own would do: tty.ReadStream writes to this side
 * blocking, so a program that doesn't read its terminal would stop the event loop, and net.Socket refuses terminals.
 */
import { closeSync, readSync, writeSync } from 'node:fs';
import { Duplex } from 'node:stream';
import { type PollEvents, PollWatch, setWindowSize } from '../../syscall/index.ts';
import type { Keeper } from './output.ts';

type Done = (error?: Error | null) => void;

/** Ends once no process has the other side open any more. Owns its descriptor. */
export class TerminalStream extends Duplex {
  readonly #fd: number;
  readonly #keeper: Keeper | undefined;
  readonly #watch: PollWatch;
  readonly #buffer = Buffer.allocUnsafe(64 * 1024);
  #isRead = false;
  #pending: { readonly rest: Uint8Array; readonly done: Done } | undefined;

  constructor(fd: number, keeper?: Keeper) {
    super({ allowHalfOpen: false });
    this.#fd = fd;
    this.#keeper = keeper;
    this.#watch = new PollWatch(fd, (events) => this.#onReady(events));
  }

  resize(size: { readonly rows: number; readonly columns: number }): void {
    if (!this.destroyed) setWindowSize(this.#fd, size);
  }

  override _read(): void {
    this.#isRead = true;
    this.#wait();
  }

  override _write(chunk: Uint8Array, _encoding: string, done: Done): void {
    this.#pending = { rest: chunk, done };
    this.#wait();
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#watch.close();
    closeSync(this.#fd);
    this.#keeper?.end();
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.done(error);
    done(error);
  }

  #wait(): void {
    if (!this.destroyed) this.#watch.want({ readable: this.#isRead, writable: this.#pending !== undefined });
  }

  #onReady({ readable, writable }: PollEvents): void {
    if (writable) this.#writeSome();
    if (readable && !this.destroyed) this.#readSome();
    this.#wait();
  }

  #readSome(): void {
    const count = attempt(() => readSync(this.#fd, this.#buffer));
    if (count === 'later') return;
    if (count === 'ended' || count === 0) {
      this.#isRead = false;
      this.push(null);
      return;
    }
    this.#keeper?.write(this.#buffer.subarray(0, count));
    // What was pushed may be held for long; the buffer is for the next reading.
    if (!this.push(Buffer.from(this.#buffer.subarray(0, count)))) this.#isRead = false;
  }

  #writeSome(): void {
    if (this.#pending === undefined) return;
    const { rest, done } = this.#pending;
    const count = attempt(() => writeSync(this.#fd, rest));
    if (count === 'later') return;
    const left = count === 'ended' ? rest.subarray(rest.length) : rest.subarray(count);
    this.#pending = left.length === 0 ? undefined : { rest: left, done };
    if (left.length === 0) done();
  }
}

/** EIO: nobody has the other side open, tty_ioctl(4). What is typed to nobody is lost, as on any terminal. */
function attempt(call: () => number): number | 'later' | 'ended' {
  try {
    return call();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EAGAIN' || code === 'EINTR') return 'later';
    if (code === 'EIO') return 'ended';
    throw error;
  }
}
