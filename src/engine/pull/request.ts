/** One pull, as its steps hand it on. */
import type { Platform, Reference } from '../../oci/index.ts';
import type { RegistryClient } from '../../registry/index.ts';
import type { EngineContext } from '../context.ts';
import type { PullEvent } from '../types.ts';

/** What an image is fetched from: a registry, or something that stands in for one. */
export type ImageSource = Pick<RegistryClient, 'fetchManifest' | 'fetchBlob'>;

export interface PullRequest {
  readonly context: EngineContext;
  readonly client: ImageSource;
  readonly reference: Reference;
  readonly platform: Platform;
  /** The user named the platform: an image of another one is an error then, and only worth a warning otherwise. */
  readonly platformRequired: boolean;
  readonly signal: AbortSignal;
  readonly onEvent: (event: PullEvent) => void;
}
