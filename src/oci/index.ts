export { parseDescriptor } from './descriptor.ts';
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
export { parseImageConfig } from './image-config.ts';
export { type ImageLayout, parseImageLayout } from './image-layout.ts';
export { formatJson } from './json.ts';
export { type ImageDocument, pairLayers, parseImageDocument, parseImageIndex, parseManifest } from './manifest.ts';
export {
  DOCKER_CONFIG,
  DOCKER_LAYER_GZIP,
  DOCKER_MANIFEST,
  DOCKER_MANIFEST_LIST,
  isConfigMediaType,
  isIndexMediaType,
  isLayerMediaType,
  isManifestMediaType,
  isSchema1MediaType,
  MANIFEST_MEDIA_TYPES,
  OCI_CONFIG,
  OCI_INDEX,
  OCI_LAYER,
  OCI_LAYER_GZIP,
  OCI_LAYER_ZSTD,
  OCI_MANIFEST,
} from './media-type.ts';
export { formatPlatform, hostPlatform, normalizePlatform, type Platform, parsePlatform } from './platform.ts';
export { acceptsPlatform, selectPlatform } from './platform-choice.ts';
export {
  familiarName,
  familiarRepository,
  formatReference,
  type ImageName,
  parseImageName,
  parseNamed,
  parseReference,
  pinnedReference,
  type Reference,
} from './reference.ts';
export { matchReference } from './reference-match.ts';
export type {
  DeviceRule,
  IDMapping,
  LinuxDevice,
  LinuxResources,
  LinuxSeccomp,
  LinuxSpec,
  Mount,
  NamespaceType,
  Process,
  SeccompArgument,
  SeccompRule,
  Spec,
  ThrottleDevice,
} from './runtime-spec.ts';
export {
  type ArchitectureMap,
  type ProfileRule,
  parseSeccompProfile,
  type RuleFilter,
  type SeccompProfile,
} from './seccomp-profile.ts';
