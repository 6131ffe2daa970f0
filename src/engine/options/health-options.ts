/** How it is found out whether a container does what it is for: texts as after docker's flags of the same names. */

export interface HealthOptions {
  /** Run by the image's shell in the container; 0 is healthy. Takes the place of the image's HEALTHCHECK. */
  readonly healthCmd?: string;
  /** Between two probes, `1m30s`; 30 s where nobody says. */
  readonly healthInterval?: string;
  /** For a probe, which is killed then and has failed; 30 s where nobody says. */
  readonly healthTimeout?: string;
  /** Failures in a row that make it unhealthy; 3 where nobody says. */
  readonly healthRetries?: string | number;
  /** In which failures don't count, as long as no probe has succeeded. */
  readonly healthStartPeriod?: string;
  /** Between two probes in the start period; 5 s where nobody says. */
  readonly healthStartInterval?: string;
  /** None, not even the image's. */
  readonly noHealthcheck?: boolean;
}
