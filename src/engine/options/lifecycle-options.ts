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

/** Which of the containers that don't run are to go: those that match all of it. */
export interface PruneOptions {
  /** Made before: `24h`, `2025-01-31T12:00:00`. */
  readonly until?: string;
  /** `key` or `key=value`; all of them. */
  readonly labels?: readonly string[];
  /** The same, and none of them. */
  readonly labelsNot?: readonly string[];
}

export interface Pruned {
  /** Ids. */
  readonly removed: readonly string[];
  /** Bytes of what they wrote. */
  readonly reclaimed: number;
}
