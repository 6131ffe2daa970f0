/** Whether a container is started again when it has ended by itself. */

export interface RestartOptions {
  /** As after docker's --restart: `no` (where left out), `on-failure[:retries]`, `always`, `unless-stopped`. */
  readonly restart?: string;
}
