/** What `system df` tells, and what the prunes of images and of all take and give. */
import type { ContainerSummary, ImageRemoval, ImageSummary } from '../types.ts';
import type { VolumeDetails } from './volume-options.ts';

/** What a root takes up on the disk; bytes. */
export interface DiskUsage {
  /** Of the layers that images have, each counted once. */
  readonly layersSize: number;
  /** One line a name, as in a list of images. */
  readonly images: readonly ImageUsage[];
  /** With their sizes. */
  readonly containers: readonly ContainerSummary[];
  readonly volumes: readonly VolumeUsage[];
}

export interface ImageUsage extends ImageSummary {
  /** Of it, what other images have too. */
  readonly sharedSize: number;
  /** How many containers, running or not, are of it. */
  readonly containers: number;
}

export interface VolumeUsage extends VolumeDetails {
  readonly size: number;
  /** How many containers, running or not, have it. */
  readonly links: number;
}

export interface PruneImagesOptions {
  /** Also those with names, unless a container is of them. */
  readonly all?: boolean;
  /** Made before: `24h` ago, RFC 3339 or seconds since 1970. */
  readonly until?: string;
  /** `key` or `key=value`; all of them. */
  readonly labels?: readonly string[];
  /** The same, and none of them. */
  readonly labelsNot?: readonly string[];
}

export interface ImagesPruned {
  readonly removals: readonly ImageRemoval[];
  /** Bytes of the layers that are gone. */
  readonly reclaimed: number;
}
