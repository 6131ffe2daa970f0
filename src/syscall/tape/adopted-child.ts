/** A process that plays a tape of ours as the child of another: of a monitor, which will outlive us. */
import { closeSync } from 'node:fs';
import { pidfdOpen } from '../pidfd.ts';
import type { Outcome } from './outcome.ts';
import type { Recording } from './recording.ts';
import type { Tape } from './tape.ts';
import { TapeWatch } from './tape-watch.ts';

/** Its end is its parent's to see. Whoever has it releases it: nothing here keeps the event loop alive once it has settled. */
export class AdoptedChild {
  readonly #watch: TapeWatch;
  /** The last is the child; those before it have ended, and wait for their parent. */
  readonly #processes: { readonly pid: number; readonly pidfd: number }[] = [];

  constructor(birth: { readonly tape: Tape; readonly lifeline: number; readonly pid: number; readonly pidfd: number }) {
    const { tape, lifeline, pid, pidfd } = birth;
    this.#processes.push({ pid, pidfd });
    const follow = (recording: Recording) => this.#followForks(recording);
    this.#watch = new TapeWatch({ tape, lifeline, follow, pidfd: () => this.pidfd });
  }

  /** In our pid namespace. Where the plan `forks`, that of the last process once it has settled. */
  get pid(): number {
    return this.#processes.at(-1)?.pid ?? -1;
  }

  /** Valid until the release, and never the caller's to close. */
  get pidfd(): number {
    return this.#processes.at(-1)?.pidfd ?? -1;
  }

  /** Pidfds of those who made the child and have ended: zombies until their parent has waited for them. */
  get makers(): readonly number[] {
    return this.#processes.slice(0, -1).map(({ pidfd }) => pidfd);
  }

  /** Lets the child pass waitAtGate(). False where it is gone already. */
  openGate(): boolean {
    return this.#watch.openGate();
  }

  /** Resolves once an execve took over, or the tape has come to rest without. Never rejects for what the child did. */
  settled(): Promise<Outcome> {
    return this.#watch.settled();
  }

  /** Lets go of it, whether it lives or not. Idempotent. */
  release(): void {
    for (const { pidfd } of this.#processes.splice(0)) closeSync(pidfd);
  }

  async #followForks({ calls }: Recording): Promise<void> {
    for (const { call, result = 0 } of calls) {
      // Nobody has waited for it: the pid is still its own.
      if (call.forks === true && result > 0) this.#processes.push({ pid: result, pidfd: pidfdOpen(result) });
    }
  }
}
