export {
  type ChainID,
  chainIDs,
  type DiffID,
  type Digest,
  type DigestAlgorithm,
  digestAlgorithm,
  digestHex,
  isDigest,
  parseDiffID,
  parseDigest,
  sha256Digest,
} from './digest.ts';
export type {
  Descriptor,
  ExecutionConfig,
  Healthcheck,
  HistoryEntry,
  ImageConfig,
  ImageIndex,
  Manifest,
} from './documents.ts';
export type { Platform } from './platform.ts';
export type { Reference } from './reference.ts';
export type { IDMapping, LinuxSpec, Mount, NamespaceType, Process, Spec } from './runtime-spec.ts';
