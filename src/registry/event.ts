/** What happens on the way that a user may want to see while it happens. */
import type { Digest } from '../oci/index.ts';
import type { RegistryError } from './registry-error.ts';

/** Something failed and is asked for again: of the same server, or (without delay) of the next one after a mirror. */
export interface RegistryEvent {
  readonly kind: 'retry';
  /** What failed. */
  readonly message: string;
  /** Until the next try, in milliseconds. */
  readonly delay: number;
  readonly error: RegistryError;
  /** Of the blob that is being fetched. */
  readonly digest?: Digest;
  /** Where that blob goes on. */
  readonly offset?: number;
}
