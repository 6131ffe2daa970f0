/** How a container is asked to end. */

export interface LifecycleOptions {
  /** In place of the image's: `SIGQUIT`, `3`. SIGTERM where neither says. */
  readonly stopSignal?: string;
  /** Seconds between that signal and SIGKILL; -1: for ever. 10 where left out. */
  readonly stopTimeout?: number;
}

/** How one that runs is asked to end. */
export interface StopOptions {
  /** In place of the container's own. */
  readonly signal?: string | number;
  /** Seconds until SIGKILL, in place of the container's own; a negative number: for ever. */
  readonly timeout?: number;
}
