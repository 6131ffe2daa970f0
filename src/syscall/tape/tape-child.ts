/** A child that plays a tape, from its clone to its end. */
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { pidfdOpen, pidfdSendSignal } from '../pidfd.ts';
import { readable } from '../readiness.ts';
import { type ExitStatus, reap } from '../wait.ts';
import type { Outcome } from './outcome.ts';
import type { Recording } from './recording.ts';
import type { Tape } from './tape.ts';
import { TapeWatch } from './tape-watch.ts';

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
  readonly #watch: TapeWatch;
  readonly #exited: Promise<ExitStatus>;
  #pid: number;
  #pidfd: number;
  /** How the maker of an orphan ended, which is the last that we hear. */
  #orphaned: ExitStatus | undefined;

  constructor(birth: Birth) {
    const { tape, lifeline } = birth;
    this.cloneNanoseconds = birth.cloneNanoseconds;
    this.#pid = birth.pid;
    this.#pidfd = birth.pidfd;
    const follow = (recording: Recording) => this.#followForks(recording);
    const pidfd = () => (this.#orphaned === undefined ? this.#pidfd : undefined);
    this.#watch = new TapeWatch({ tape, lifeline, follow, pidfd });
    this.#exited = this.#end();
    // Whoever asks gets the error; nobody has to ask.
    this.#exited.catch(() => {});
  }

  /** In our pid namespace. Where the plan `forks`, that of the last process once it has settled; of an orphan, its maker's. */
  get pid(): number {
    return this.#pid;
  }

  /** Valid until the child has exited, and never the caller's to close. */
  get pidfd(): number {
    return this.#pidfd;
  }

  /** Lets the child pass waitAtGate(). False where it is gone already. */
  openGate(): boolean {
    return this.#watch.openGate();
  }

  /** False where the child has ended. @throws SyscallError EPERM where it is no longer ours to signal */
  kill(signal: NodeJS.Signals | number): boolean {
    const number = typeof signal === 'number' ? signal : constants.signals[signal];
    return this.#pidfd !== -1 && pidfdSendSignal(this.#pidfd, number);
  }

  /** Resolves once an execve took over, or the tape has come to rest without. Never rejects for what the child did. */
  settled(): Promise<Outcome> {
    return this.#watch.settled();
  }

  /** Resolves once the child, or the maker of an orphan, has ended, and is reaped. */
  exited(): Promise<ExitStatus> {
    return this.#exited;
  }

  /** Each maker has exited with 0 after its CLONE_PARENT clone; the last process made is the child from now on. */
  async #followForks({ calls }: Recording): Promise<void> {
    for (const { call, result = 0 } of calls) {
      if ((call.forks !== true && call.forks !== 'orphan') || result <= 0) continue;
      const status = await this.#reap();
      if (call.forks === 'orphan') {
        // The number may be one of another pid namespace.
        this.#orphaned = status;
        return;
      }
      this.#pid = result;
      this.#pidfd = pidfdOpen(result);
    }
  }

  async #end(): Promise<ExitStatus> {
    // What went wrong there is settled()'s to tell.
    await this.settled().catch(() => {});
    return this.#orphaned ?? this.#reap();
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
}
