/** What a monitor's plan is made from. */
import type { Lent } from '../../syscall/index.ts';
import type { HostFacts } from '../plan/input.ts';

/** A program that is executed in the end, or again and again. */
export interface Program {
  /** An absolute path. */
  readonly file: string;
  readonly argv: readonly string[];
  readonly env: readonly string[];
}

export interface LogPlan {
  readonly path: string;
  /** Bytes of one file. */
  readonly maxSize?: number;
  /** How many there are, the current one among them. */
  readonly maxFiles?: number;
}

export interface MonitorInput {
  readonly host: Pick<HostFacts, 'architecture' | 'knowsMemfdExec' | 'ignoredSignals'>;
  /** The container's, for ps(1). */
  readonly name: string;
  readonly lent: Lent;
  /** The monitor's ends: pipes that it is given, or the terminal that comes with the word to go on. */
  readonly stdio: { readonly stdin: boolean; readonly terminal: boolean };
  /** How many processes make the container's one after the other, and end before it runs. */
  readonly makers: number;
  readonly log: LogPlan;
  /** Path of the file that says how it ended; its bytes are prepared beside it, in `<path>.new`. */
  readonly exit: string;
  readonly cgroup: {
    /** To be removed, in that order. */
    readonly directories: readonly string[];
    /** To be removed where they are there, and empty. */
    readonly perhaps: readonly string[];
    /** Whether there is a file that kills all that is in it. */
    readonly kill: boolean;
    /** Paths where kills for want of memory may be counted. */
    readonly oom: readonly string[];
  };
  readonly successor: Program & { readonly when: string };
  /** Whether it is given a socket that keeps descriptors open. */
  readonly holds?: boolean;
  readonly pulse?: (Program & { readonly everyMs: number }) | undefined;
}
