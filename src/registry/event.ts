/** What happens on the way that a user may want to see while it happens. */
import type { Digest } from '../oci/index.ts';
import type { RateLimit } from './rate-limit.ts';
import type { RegistryError } from './registry-error.ts';

export type RegistryEvent =
  /** A request failed and is made again after `delayMs`; with `digest` and `offset` where a blob goes on. */
  | {
      readonly kind: 'retry';
      readonly error: RegistryError;
      readonly delayMs: number;
      readonly digest?: Digest;
      readonly offset?: number;
    }
  /** The next mirror, or the registry itself, is asked. */
  | { readonly kind: 'mirror-failed'; readonly host: string; readonly error: RegistryError }
  /** How many pulls are left. */
  | { readonly kind: 'rate-limit'; readonly host: string; readonly rateLimit: RateLimit };
