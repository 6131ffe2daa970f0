/** How a container is asked to end. */

export interface LifecycleOptions {
  /** In place of the image's: `SIGQUIT`, `3`. SIGTERM where neither says. */
  readonly stopSignal?: string;
  /** Seconds between that signal and SIGKILL; -1: for ever. 10 where left out. */
  readonly stopTimeout?: number;
}
