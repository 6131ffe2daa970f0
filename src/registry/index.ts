export type { Allowance } from './allowance.ts';
export {
  createRegistryClient,
  type FetchBlobOptions,
  type FetchOptions,
  type RegistryClient,
  type RegistryClientOptions,
} from './client.ts';
export type { Timeouts } from './connections.ts';
export type { RegistryEvent } from './event.ts';
export { type FetchedManifest, longestManifest, type Resolution } from './manifest.ts';
export { findRegistriesConf } from './registries-conf-files.ts';
export { RegistryError, type RegistryErrorCode } from './registry-error.ts';
export type { RetryPolicy } from './retry.ts';
