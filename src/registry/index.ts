export {
  createRegistryClient,
  type FetchBlobOptions,
  type RegistryClient,
  type RegistryClientOptions,
  type Resolution,
} from './client.ts';
export type { Timeouts } from './connections.ts';
export type { RegistryEvent } from './event.ts';
export { type FetchedManifest, longestManifest } from './manifest.ts';
export type { RateLimit } from './rate-limit.ts';
export { findRegistriesConf } from './registries-conf-files.ts';
export { RegistryError, type RegistryErrorCode } from './registry-error.ts';
export type { RetryPolicy } from './retry.ts';
