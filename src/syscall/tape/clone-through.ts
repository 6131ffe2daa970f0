/**
 * A process that plays one tape and makes another, its child, that plays a second one: neither of them is a child of ours in the
 * end. The maker maps the second tape from its file, by the name LENT_TAPE, at the address at which we have laid it out.
 */
import { closeSync } from 'node:fs';
import { type CloneCall, cloneCall } from '../clone-call.ts';
import { socketPair } from '../descriptor-passing.ts';
import { formatKernelCall } from '../format-kernel-call.ts';
import type { KernelCall } from '../kernel-call.ts';
import { SyscallError } from '../syscall-error.ts';
import { AdoptedChild } from './adopted-child.ts';
import { birth, birthFlags, type CloneOptions } from './clone-and-play.ts';
import { LIFELINE, PARENT_LIFELINE } from './lifeline.ts';
import { Tape } from './tape.ts';
import { TapeChild } from './tape-child.ts';

/** The file of the child's tape, by the name that the maker's plan has for it. */
export const LENT_TAPE = 'tape of the container';
/** The maker's end of its lifeline, by the name that the child's plan has for it: to be closed there. */
export const MAKER_LIFELINE = 'lifeline of the monitor';

/** What the maker's plan must know of its child. */
export interface Lent {
  /** The clone that makes it. */
  readonly clone: CloneCall;
  readonly address: bigint;
  readonly length: number;
  readonly first: bigint;
  /** Descriptors that must be open, under their numbers, when it is cloned. */
  readonly inherits: readonly number[];
}

export interface CloneThroughOptions {
  /** The child's calls. */
  readonly calls: readonly KernelCall[];
  readonly clone: CloneOptions;
  readonly maker: {
    readonly plan: (lent: Lent) => readonly KernelCall[];
    readonly given: Readonly<Record<string, number>>;
  };
}

export interface Cloned {
  /** Until it departs. */
  readonly maker: TapeChild;
  /** To be called once, with what the maker has handed over. The pidfd is the child's from then on. */
  adopt(child: { readonly pid: number; readonly pidfd: number }): AdoptedChild;
  /** To be called instead where there is no child: lets go of its tape. */
  discard(): void;
}

/** @throws PlanError or GockerError UNKNOWN_SYSCALL; SyscallError where clone3 fails. Then nothing is left. */
export function cloneThrough({ calls, clone, maker }: CloneThroughOptions): Cloned {
  const sockets = new Set<number>();
  const pair = () => {
    const made = socketPair();
    for (const fd of made) sockets.add(fd);
    return made;
  };
  const keep = (fd: number) => {
    sockets.delete(fd);
    return fd;
  };
  let lent: Tape | undefined;
  let own: Tape | undefined;
  try {
    const [ours, theirs] = pair();
    const [oursOfChild, theirsOfChild] = pair();
    const given = {
      ...clone.given,
      [MAKER_LIFELINE]: theirs,
      [LIFELINE]: theirsOfChild,
      [PARENT_LIFELINE]: oursOfChild,
    };
    lent = new Tape(calls, { clone: birth(clone), given, timing: clone.timing });
    const plan = maker.plan({ ...lent.place, clone: birthOfOther(clone), inherits: Object.values(lent.given) });
    const first = birth({});
    own = new Tape(plan, {
      clone: first,
      given: { ...maker.given, [LIFELINE]: theirs, [PARENT_LIFELINE]: ours, [LENT_TAPE]: lent.file },
    });
    const started = process.hrtime.bigint();
    const { pid, pidfd } = own.play();
    const cloneNanoseconds = Number(process.hrtime.bigint() - started);
    if (pid < 0) throw new SyscallError(first.call, -pid, formatKernelCall(first));
    const tape = lent;
    const lifeline = keep(oursOfChild);
    return {
      maker: new TapeChild({ tape: own, pid, pidfd, lifeline: keep(ours), cloneNanoseconds }),
      adopt: (child) => new AdoptedChild({ tape, lifeline, ...child }),
      discard: () => {
        tape.release();
        closeSync(lifeline);
      },
    };
  } catch (error) {
    own?.release();
    lent?.release();
    throw error;
  } finally {
    lent?.closeFile();
    for (const fd of sockets) closeSync(fd);
  }
}

/** Its parent needs no pidfd in memory: until it waits, the pid is the child's own. */
function birthOfOther(options: CloneOptions): CloneCall {
  const flags = birthFlags(options).filter((flag) => flag !== 'CLONE_PIDFD');
  return cloneCall(flags, 'the container: a new process, in its new namespaces', options.cgroup);
}
