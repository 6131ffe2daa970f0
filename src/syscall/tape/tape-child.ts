/** A child that plays a tape, from its clone to its end. */
import { closeSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { receiveDescriptor } from '../descriptor-passing.ts';
import { pidfdOpen, pidfdSendSignal } from '../pidfd.ts';
import { readable } from '../readiness.ts';
import { type ExitStatus, reap } from '../wait.ts';
import { judge, type Outcome } from './outcome.ts';
import { type Recording, withExecTime } from './recording.ts';
import type { Tape } from './tape.ts';

export interface Birth {
  readonly tape: Tape;
  readonly pid: number;
  readonly pidfd: number;
  /** Our end. */
  readonly lifeline: number;
  readonly cloneNanoseconds: number;
}

/**
 * Everything it holds (the tape, its lifeline, the pidfd, the zombie) is released as it ends, whether somebody waits or
 * not; the event loop stays alive until then.
 */
export class TapeChild {
  /** How long clone3 held this thread: mostly copying the page tables of Node. */
  readonly cloneNanoseconds: number;
  readonly #tape: Tape;
  readonly #given: Readonly<Record<string, number>>;
  readonly #lifeline: number;
  readonly #settled: Promise<Outcome>;
  readonly #exited: Promise<ExitStatus>;
  #pid: number;
  #pidfd: number;
  #gate: 'closed' | 'open' | 'gone' = 'closed';

  constructor(birth: Birth) {
    this.cloneNanoseconds = birth.cloneNanoseconds;
    this.#tape = birth.tape;
    this.#given = birth.tape.given;
    this.#lifeline = birth.lifeline;
    this.#pid = birth.pid;
    this.#pidfd = birth.pidfd;
    this.#settled = this.#settle();
    this.#exited = this.#end();
    // Whoever asks gets the error; nobody has to ask.
    this.#settled.catch(() => {});
    this.#exited.catch(() => {});
  }

  /** In our pid namespace. Where the plan `forks`, that of the last process once it has settled. */
  get pid(): number {
    return this.#pid;
  }

  /** Valid until the child has exited, and never the caller's to close. */
  get pidfd(): number {
    return this.#pidfd;
  }

  /** Lets the child pass waitAtGate(). False where it is gone already. */
  openGate(): boolean {
    if (this.#gate === 'closed') this.#gate = this.#write() ? 'open' : 'gone';
    return this.#gate === 'open';
  }

  /** False where the child has ended. @throws SyscallError EPERM where it is no longer ours to signal */
  kill(signal: NodeJS.Signals | number): boolean {
    const number = typeof signal === 'number' ? signal : constants.signals[signal];
    return this.#pidfd !== -1 && pidfdSendSignal(this.#pidfd, number);
  }

  /** Resolves once an execve took over, or the tape has come to rest without. Never rejects for what the child did. */
  settled(): Promise<Outcome> {
    return this.#settled;
  }

  /** Resolves once the child has ended, and is reaped. */
  exited(): Promise<ExitStatus> {
    return this.#exited;
  }

  async #settle(): Promise<Outcome> {
    const descriptors: number[] = [];
    try {
      await this.#collect(descriptors);
      const released = process.hrtime.bigint();
      let recording = this.#tape.read();
      await this.#followForks(recording);
      if (judge(recording, this.#given).kind === 'killed') {
        // Or it has closed its lifeline against the rules, and still plays.
        await readable(this.#pidfd);
        recording = this.#tape.read();
      }
      const ending = judge(recording, this.#given);
      if ('error' in ending) for (const fd of descriptors.splice(0)) closeSync(fd);
      const { calls } = ending.kind === 'executed' ? withExecTime(recording, released) : recording;
      return { ...ending, calls, descriptors };
    } finally {
      this.#tape.release();
    }
  }

  /** Each maker has exited with 0 after its CLONE_PARENT clone; the last process made is the child from now on. */
  async #followForks(recording: Recording): Promise<void> {
    for (const { call, result = 0 } of recording.calls) {
      if (call.forks !== true || result <= 0) continue;
      await this.#reap();
      this.#pid = result;
      this.#pidfd = pidfdOpen(result);
    }
  }

  async #end(): Promise<ExitStatus> {
    // What went wrong there is settled()'s to tell.
    await this.#settled.catch(() => {});
    return this.#reap();
  }

  async #reap(): Promise<ExitStatus> {
    const pidfd = this.#pidfd;
    try {
      await readable(pidfd);
      for (;;) {
        const status = reap(pidfd);
        if (status !== undefined) return status;
        // A tracer (strace -p) is told first.
        await setTimeout(10);
      }
    } finally {
      this.#pidfd = -1;
      closeSync(pidfd);
    }
  }

  /** Takes what is handed over until the other end is closed: by execve, or with the child. */
  async #collect(descriptors: number[]): Promise<void> {
    try {
      for (;;) {
        const received = receiveDescriptor(this.#lifeline);
        if (received.kind === 'end') return;
        if (received.kind === 'descriptor') descriptors.push(received.fd);
        if (received.kind === 'nothing') await readable(this.#lifeline);
      }
    } finally {
      this.#gate = 'gone';
      closeSync(this.#lifeline);
    }
  }

  #write(): boolean {
    try {
      return writeSync(this.#lifeline, '\0') === 1;
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'EPIPE') return false;
      throw cause;
    }
  }
}
