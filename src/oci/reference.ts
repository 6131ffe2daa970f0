/** Image references. */
import type { Digest } from './digest.ts';

/** A reference in its normal form: `docker.io/library/alpine:latest`. */
export interface Reference {
  /** Host, with its port if it has one: `docker.io`, `localhost:5000`. */
  readonly registry: string;
  /** Path within the registry: `library/alpine`. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
}
