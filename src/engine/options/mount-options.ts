/** What a container finds in its file tree besides the image. */

export interface MountOptions {
  /** The root can only be read. */
  readonly readOnly?: boolean;
  /** As after docker's -v: `source:target[:ro|rw|…]`, source an absolute path. */
  readonly volumes?: readonly string[];
  /** As after docker's --tmpfs: `target[:size=64m,mode=1777]`. */
  readonly tmpfs?: readonly string[];
}
