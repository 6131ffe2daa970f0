/** What a container finds in its file tree besides the image. */

export interface MountOptions {
  /** The root can only be read. */
  readonly readOnly?: boolean;
  /** As after docker's -v: `source:target[:ro|rw|…]`, `name:target`, `target`. */
  readonly volumes?: readonly string[];
  /** As after docker's --mount: `type=bind,source=/srv,target=/data,readonly`. */
  readonly mounts?: readonly string[];
  /** As after docker's --tmpfs: `target[:size=64m,mode=1777]`. */
  readonly tmpfs?: readonly string[];
  /** As after docker's --volumes-from: `container[:ro|rw]`. */
  readonly volumesFrom?: readonly string[];
}
