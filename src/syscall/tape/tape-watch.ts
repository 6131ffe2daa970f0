/** A parent's end of a lifeline: what comes through it, and when the child has let go of it. */
import { closeSync, writeSync } from 'node:fs';
import { receiveDescriptor } from '../descriptor-passing.ts';
import { readable } from '../readiness.ts';
import { judge, type Outcome } from './outcome.ts';
import { type Recording, withExecTime } from './recording.ts';
import type { Tape } from './tape.ts';

export interface Watched {
  readonly tape: Tape;
  /** Our end. */
  readonly lifeline: number;
  /** Called when the child has let go, before it is judged: where the plan `forks`, another process is the child by now. */
  readonly follow: (recording: Recording) => Promise<void>;
  /** The child's; undefined where it is nobody's child. */
  readonly pidfd: () => number | undefined;
}

/** Releases the tape and the lifeline when the child has let go of it. */
export class TapeWatch {
  readonly #watched: Watched;
  readonly #settled: Promise<Outcome>;
  #gate: 'closed' | 'open' | 'gone' = 'closed';

  constructor(watched: Watched) {
    this.#watched = watched;
    this.#settled = this.#settle();
    // Whoever asks gets the error; nobody has to ask.
    this.#settled.catch(() => {});
  }

  /** Lets the child pass waitAtGate(). False where it is gone already. */
  openGate(): boolean {
    if (this.#gate === 'closed') this.#gate = this.#write() ? 'open' : 'gone';
    return this.#gate === 'open';
  }

  /** Never rejects for what the child did. */
  settled(): Promise<Outcome> {
    return this.#settled;
  }

  async #settle(): Promise<Outcome> {
    const { tape, follow, pidfd } = this.#watched;
    const descriptors: number[] = [];
    try {
      await this.#collect(descriptors);
      const released = process.hrtime.bigint();
      let recording = tape.read();
      await follow(recording);
      const child = pidfd();
      if (child !== undefined && judge(recording, tape.given).kind === 'killed') {
        // Or it has closed its lifeline against the rules, and still plays.
        await readable(child);
        recording = tape.read();
      }
      const ending = judge(recording, tape.given);
      if ('error' in ending) for (const fd of descriptors.splice(0)) closeSync(fd);
      const { calls } = ending.kind === 'executed' ? withExecTime(recording, released) : recording;
      return { ...ending, calls, descriptors };
    } finally {
      tape.release();
    }
  }

  /** Takes what is handed over until the other end is closed: by execve, or with the child. */
  async #collect(descriptors: number[]): Promise<void> {
    const { lifeline } = this.#watched;
    try {
      for (;;) {
        const received = receiveDescriptor(lifeline);
        if (received.kind === 'end') return;
        if (received.kind === 'descriptor') descriptors.push(received.fd);
        if (received.kind === 'nothing') await readable(lifeline);
      }
    } finally {
      this.#gate = 'gone';
      closeSync(lifeline);
    }
  }

  #write(): boolean {
    try {
      return writeSync(this.#watched.lifeline, '\0') === 1;
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'EPIPE') return false;
      throw cause;
    }
  }
}
