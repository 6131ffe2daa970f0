/** What `seccomp explain` is asked. */
import type { SeccompExplanation } from '../../runtime/index.ts';

export type { SeccompExplanation };

export interface ExplainSeccompOptions {
  /** The path of a profile; gocker's own where left out. */
  readonly file?: string;
  /** Of the container that it is for, as for `run`. */
  readonly capAdd?: readonly string[];
  readonly capDrop?: readonly string[];
  /** `amd64` or `arm64`; this machine's where left out. */
  readonly architecture?: string;
  /** Version of the kernel, such as `6.1`; the running one's where left out. */
  readonly kernel?: string;
}
