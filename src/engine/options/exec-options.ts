/** How a process is to join a running container. */
import type { ConsoleSize } from '../types.ts';

export interface ExecOptions {
  /** The program and its arguments; it is looked for in the PATH of `env` and the container. */
  readonly command: readonly string[];
  /** `NAME=value`, on top of the container's. */
  readonly env?: readonly string[];
  /** `name|uid[:group|gid]`, after the container's own /etc/passwd; the container's user where left out. */
  readonly user?: string;
  /** A directory that is there; the container's where left out. */
  readonly workdir?: string;
  /** Keep its standard input open. */
  readonly interactive?: boolean;
  /** Give it a terminal of its own. */
  readonly tty?: boolean;
  readonly consoleSize?: ConsoleSize;
  /** All capabilities and no filter, whatever the container has; its namespaces and its devices stay. */
  readonly privileged?: boolean;
  /** Kills the process when it aborts. */
  readonly signal?: AbortSignal;
}
