export type { Content } from './blobs.ts';
export type { Garbage, GarbageOptions } from './garbage.ts';
export type { StoredImage } from './index-file.ts';
export type { Fetch, IngestOptions } from './ingest.ts';
export type { IngestIntoOptions } from './ingest-into.ts';
export type { Lease } from './lease.ts';
export { openStore, type Store, type StoreOptions } from './store.ts';
export type { BlobFinding, Finding, VerifyOptions } from './verify.ts';
