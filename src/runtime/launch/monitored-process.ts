/** A container that runs under a monitor, as long as its maker has a hand in it. */
import { closeSync } from 'node:fs';
import { type AdoptedChild, type PlayedCall, readable, sendDescriptors } from '../../syscall/index.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** Numbers in the monitor, for pidfd_getfd(2). */
export interface MonitorDescriptorNumbers {
  /** The writing end of the container's stdin; none where that is /dev/null, or a terminal. */
  readonly stdin?: number;
  /** gocker's side of its terminal. */
  readonly terminal?: number;
  /** A byte that is written here asks for the end of stdin. */
  readonly control: number;
}

export interface Monitored {
  readonly child: AdoptedChild;
  readonly startTime: number;
  readonly monitor: ProcessIdentity;
  /** The monitor's pidfd, which is ours to close. */
  readonly monitorFD: number;
  /** Our end of the socket that says when to go on, and gocker's side of the terminal: ours to close too. */
  readonly go: number;
  readonly terminal: number | undefined;
  readonly descriptors: MonitorDescriptorNumbers;
  readonly mark: string;
  readonly calls: readonly PlayedCall[];
  readonly warnings: readonly string[];
  /** Everything else that its maker has made. */
  readonly undo: () => Promise<void>;
}

/** Its program runs; nothing that it writes is read before the release. One of release() and abandon() is to be called, once. */
export class MonitoredProcess {
  /** On the host. */
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: clock ticks since boot. */
  readonly startTime: number;
  readonly monitor: ProcessIdentity;
  readonly descriptors: MonitorDescriptorNumbers;
  readonly calls: readonly PlayedCall[];
  readonly warnings: readonly string[];
  readonly #monitored: Monitored;

  constructor(monitored: Monitored) {
    this.pid = monitored.child.pid;
    this.startTime = monitored.startTime;
    this.monitor = monitored.monitor;
    this.descriptors = monitored.descriptors;
    this.calls = monitored.calls;
    this.warnings = monitored.warnings;
    this.#monitored = monitored;
  }

  /**
   * To be called when all is on record: the monitor goes on alone, whatever becomes of us. Resolves once its descriptors have the
   * numbers that `descriptors` tells.
   *
   * @throws SyscallError EPIPE where it was killed, and the container with it: abandon() is still to be called
   */
  async release(): Promise<void> {
    const { child, go, terminal, mark } = this.#monitored;
    const fds = [child.pidfd, ...child.makers, ...(terminal === undefined ? [] : [terminal])];
    sendDescriptors(go, Buffer.from(`${mark}\0`), fds);
    // It closes its end.
    await readable(go);
    this.#close();
  }

  /** Ends the container; resolves once nothing is left of it. */
  async abandon(): Promise<void> {
    const { monitorFD, go, undo } = this.#monitored;
    closeSync(go);
    await readable(monitorFD);
    this.#close(go);
    await undo();
  }

  #close(closed?: number): void {
    const { child, go, terminal, monitorFD } = this.#monitored;
    child.release();
    for (const fd of [go, terminal, monitorFD]) if (fd !== undefined && fd !== closed) closeSync(fd);
  }
}
