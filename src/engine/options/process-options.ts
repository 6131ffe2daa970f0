/** What stands around the container's program. */

export interface ProcessOptions {
  /** A small init as PID 1, which passes signals on to the program and reaps what nobody else does. */
  readonly init?: boolean;
}
