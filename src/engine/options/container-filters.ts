/** Which containers `ps` lists: all kinds that are given must match, and of several values for one kind any may. */
import type { ContainerSummary } from '../types.ts';

export interface ContainerFilters {
  /** Patterns of Go's regexp, which the id matches somewhere. */
  readonly ids?: readonly string[];
  /** The same for the name, with a slash before it or without. */
  readonly names?: readonly string[];
  /** `key` or `key=value`; all of them. */
  readonly labels?: readonly string[];
  readonly statuses?: readonly ContainerSummary['status'][];
  /** Exit codes; those that have ended. */
  readonly exited?: readonly number[];
  /** Images that they stand on, by name or id: directly or by a later image with the same layers at its bottom. */
  readonly ancestors?: readonly string[];
  /** Made before that container, by its name or id. */
  readonly before?: string;
  readonly since?: string;
  /** Names of volumes, or where mounts are in the container. */
  readonly volumes?: readonly string[];
  readonly networks?: readonly string[];
  readonly health?: readonly ('none' | NonNullable<ContainerSummary['health']>)[];
  /** The newest ones, that many, of those that match all else. */
  readonly last?: number;
}

export interface ListOptions extends ContainerFilters {
  /** Count the bytes of their files, too. */
  readonly size?: boolean;
}
