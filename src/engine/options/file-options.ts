/** What goes in and out of the calls on a container's files. */
import type { Digest } from '../../oci/index.ts';

/** A path in a container, from its root. */
export interface InContainer {
  /** Name, id or unique prefix of an id. */
  readonly container: string;
  /** A "/" at its end speaks of a directory, "/." of what that holds: as `docker cp` has it. */
  readonly path: string;
}

export interface CopyOptions {
  /** Copies what a link leads to, rather than the link. */
  readonly followLink?: boolean;
  /** Keeps owners, and the rights that files lend, on this machine too. */
  readonly archive?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface Copied {
  /** Of the tar that it was, or would be. */
  readonly bytes: number;
}

export interface FileChange {
  readonly kind: 'added' | 'changed' | 'deleted';
  /** Absolute. */
  readonly path: string;
}

export interface CommitOptions {
  /** `repository[:tag]`; without one the image has no name. */
  readonly reference?: string;
  readonly author?: string;
  readonly message?: string;
  /** Instructions of a Dockerfile: CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME, WORKDIR. */
  readonly changes?: readonly string[];
  /** Lets it run on meanwhile; paused unless given as false. */
  readonly pause?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface Committed {
  /** Digest of the config: what docker calls the image's id. */
  readonly id: Digest;
}
