export { makeRaw } from '../syscall/index.ts';
export type { ContainerHandle, ContainerVerbs } from './calls/handle-calls.ts';
export type { WaitOptions } from './containers/wait.ts';
export type { WaitCondition } from './containers/wait-condition.ts';
export type { EngineEvent } from './events/event.ts';
export type { EventFilters } from './events/filter.ts';
export type { EventOptions } from './events/watch-events.ts';
export { openEngine } from './open-engine.ts';
export type { Attached, AttachOptions, OutputPosition } from './options/attach-options.ts';
export type { ContainerFilters, ListOptions } from './options/container-filters.ts';
export type { ExecOptions } from './options/exec-options.ts';
export type {
  CommitOptions,
  Committed,
  Copied,
  CopyOptions,
  FileChange,
  InContainer,
} from './options/file-options.ts';
export type { HealthOptions } from './options/health-options.ts';
export type { LifecycleOptions, Pruned, PruneOptions, StopOptions } from './options/lifecycle-options.ts';
export type { LoggingOptions } from './options/logging-options.ts';
export type { LogEntry, LogLoss, LogOutput, Logs, LogsOptions } from './options/logs-options.ts';
export type { MountOptions } from './options/mount-options.ts';
export type { NameOptions } from './options/name-options.ts';
export type { NamespaceOptions } from './options/namespace-options.ts';
export type {
  ConnectOptions,
  CreateNetworkOptions,
  NetworkContainer,
  NetworkDetails,
  NetworkFilters,
  NetworkOptions,
  NetworkPool,
  PruneNetworksOptions,
} from './options/network-options.ts';
export type { ContainerStats, StatsOptions, UpdateOptions } from './options/observe-options.ts';
export type { PortOptions } from './options/port-options.ts';
export type { PrivilegeOptions } from './options/privilege-options.ts';
export type { ProcessOptions } from './options/process-options.ts';
export type { ResourceOptions } from './options/resource-options.ts';
export type { RestartOptions } from './options/restart-options.ts';
export type { RunOptions } from './options/run-options.ts';
export type { ExplainSeccompOptions, SeccompExplanation } from './options/seccomp-options.ts';
export type { Snapshot, SnapshotOptions } from './options/snapshot-options.ts';
export type { DiskUsage, ImagesPruned, ImageUsage, PruneImagesOptions, VolumeUsage } from './options/usage-options.ts';
export type { VolumeDetails, VolumeFilters, VolumeOptions, VolumesPruned } from './options/volume-options.ts';
export type {
  ConsoleSize,
  Container,
  ContainerExit,
  ContainerProcesses,
  ContainerSummary,
  DetachedExec,
  Engine,
  EngineInfo,
  EngineOptions,
  Exec,
  ExecExit,
  ExplainedCall,
  HistoryLine,
  ImageDetails,
  ImageFilters,
  ImageRemoval,
  ImageSummary,
  LayerState,
  OutputDescriptors,
  PullEvent,
  PulledImage,
  PullOptions,
  PullPolicy,
  VerifyFinding,
  VerifyOptions,
  VerifyReport,
} from './types.ts';
