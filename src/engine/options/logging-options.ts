/** Where a container's output is kept. */

export interface LoggingOptions {
  /** `json-file` (the default) and `local` are two names of gocker's one log; `none` keeps nothing that can be read later. */
  readonly logDriver?: string;
  /** `max-size` (10m) and `max-file` (3) of its files, `labels` and `env` (a,b) that `logs --details` shows. */
  readonly logOptions?: Readonly<Record<string, string>>;
}
