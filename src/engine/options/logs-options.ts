/** What is asked of a container's log, and what comes. */

export interface LogsOptions {
  /** Go on as the container writes, until it ends. */
  readonly follow?: boolean;
  /** How many of the last lines; all where left out. */
  readonly tail?: number;
  /** RFC 3339, seconds since 1970, or how long ago: `10m`. Lines that began earlier are left out. */
  readonly since?: string;
  /** The same; nothing later comes. */
  readonly until?: string;
  /** Ends the reading. */
  readonly signal?: AbortSignal;
}

/** What the container wrote at once: parts of lines, lines. */
export interface LogOutput {
  readonly stream: 'stdout' | 'stderr';
  /** When, in nanoseconds since 1970. */
  readonly time: bigint;
  readonly bytes: Buffer;
}

/** Bytes that could not be kept: the disk was full. */
export interface LogLoss {
  readonly stream: 'lost';
  readonly time: bigint;
  readonly count: bigint;
}

export type LogEntry = LogOutput | LogLoss;

export interface Logs extends AsyncIterable<LogEntry> {
  /** As many entries at a time as there are, for copying: their bytes are valid until the next are asked for. */
  batches(): AsyncIterable<readonly LogEntry[]>;
}
