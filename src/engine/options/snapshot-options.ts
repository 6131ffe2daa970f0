/** What can be asked about snapshots. */

export interface SnapshotOptions {
  /** Stop the container if it runs, and start it again afterwards. Otherwise one that runs is an error. */
  readonly stop?: boolean;
}

export interface Snapshot {
  readonly tag: string;
  /** RFC 3339. */
  readonly created: string;
  /** Layers between the image and what is changed after it. */
  readonly depth: number;
  /** Whether the container stands on it now. */
  readonly current: boolean;
}
