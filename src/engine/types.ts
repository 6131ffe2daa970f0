/** What goes in and out of the engine: the typed face that the CLI and a Node program share. Data and streams, no behaviour. */
import type { Readable, Writable } from 'node:stream';
import type { Digest, ExecutionConfig } from '../oci/index.ts';
import type { ContainerCalls } from './calls/container-calls.ts';
import type { ExecCalls } from './calls/exec-calls.ts';
import type { FileCalls } from './calls/file-calls.ts';
import type { ContainerVerbs, HandleCalls } from './calls/handle-calls.ts';
import type { ImageCalls } from './calls/image-calls.ts';
import type { LifeCalls } from './calls/life-calls.ts';
import type { LogCalls } from './calls/log-calls.ts';
import type { NetworkCalls } from './calls/network-calls.ts';
import type { ObserveCalls } from './calls/observe-calls.ts';
import type { SnapshotCalls } from './calls/snapshot-calls.ts';
import type { SystemCalls } from './calls/system-calls.ts';
import type { VolumeCalls } from './calls/volume-calls.ts';
import type { WatchCalls } from './calls/watch-calls.ts';

export type { ContainerProcesses, DetachedExec, Exec, ExecExit } from './exec-types.ts';

export interface EngineOptions {
  /** Where images, layers and containers are kept; GOCKER_ROOT, else /var/lib/gocker (root) or $XDG_DATA_HOME/gocker. */
  readonly root?: string;
  /** Where what a boot may forget is kept; /run/gocker or $XDG_RUNTIME_DIR/gocker. */
  readonly run?: string;
  /** The environment that configuration is read from; `process.env` where left out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Sentences that a user should see though nothing failed. */
  readonly onWarning?: (warning: string) => void;
}

/** When the registry is asked: never if the image is here (`missing`), at each run, or not at all. */
export type PullPolicy = 'missing' | 'always' | 'never';

export type PullEvent =
  | { readonly kind: 'pulling'; readonly reference: string; readonly from: string }
  /** The layers of the image, bottom first, before the first byte of any. `size` is the compressed size in bytes. */
  | { readonly kind: 'layers'; readonly layers: readonly { readonly digest: Digest; readonly size: number }[] }
  | { readonly kind: 'layer'; readonly digest: Digest; readonly state: LayerState }
  /** Bytes of the blob so far; a resumed download begins above 0. */
  | { readonly kind: 'download'; readonly digest: Digest; readonly bytes: number; readonly total: number }
  /** Bytes of the uncompressed tar so far. */
  | { readonly kind: 'unpack'; readonly digest: Digest; readonly bytes: number }
  | { readonly kind: 'retry'; readonly message: string; readonly delay: number }
  | { readonly kind: 'allowance'; readonly remaining: number; readonly limit: number; readonly seconds?: number };

/** `exists`: unpacked here already. `waiting`: for its turn, or for another process that fetches the same layer. */
export type LayerState = 'exists' | 'waiting' | 'downloading' | 'unpacking' | 'complete';

export interface PullOptions {
  /** `linux/arm64/v8`; this machine's where left out. */
  readonly platform?: string;
  /** False: fail where the registry can't be reached, rather than take a local tarball or this machine's own programs. */
  readonly fallback?: boolean;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: PullEvent) => void;
}

export interface PulledImage {
  /** In its normal form: `docker.io/library/alpine:latest`. */
  readonly reference: string;
  /** Of the manifest or index that the reference names. */
  readonly digest: Digest;
  /** Digest of the image's config. */
  readonly id: Digest;
  readonly status: 'downloaded' | 'up-to-date' | 'fallback';
}

export interface ImageSummary {
  readonly id: Digest;
  /** As docker shows it: `alpine`, `localhost:5000/app`; undefined for a dangling image. */
  readonly repository: string | undefined;
  readonly tag: string | undefined;
  /** Of the manifest or index as the registry names it. */
  readonly digest: Digest | undefined;
  /** RFC 3339; undefined where the image does not say. */
  readonly created: string | undefined;
  /** Bytes of the unpacked layers. */
  readonly size: number;
}

export interface ImageFilters {
  readonly dangling?: boolean;
  /** Patterns as `docker images --filter reference=` takes them; any of them may match. */
  readonly references?: readonly string[];
}

/** One line of what `rmi` did. */
export type ImageRemoval =
  | { readonly kind: 'untagged'; readonly reference: string }
  | { readonly kind: 'deleted'; readonly digest: Digest };

/** docker's keys, so that templates carry over. */
export interface ImageDetails {
  readonly Id: string;
  readonly RepoTags: readonly string[];
  readonly RepoDigests: readonly string[];
  readonly Comment: string;
  readonly Created: string;
  readonly Author: string;
  readonly Config: ExecutionConfig;
  readonly Architecture: string;
  readonly Variant?: string;
  readonly Os: string;
  readonly Size: number;
  readonly GraphDriver: { readonly Name: string; readonly Data: Readonly<Record<string, string>> };
  readonly RootFS: { readonly Type: 'layers'; readonly Layers: readonly string[] };
}

export interface HistoryLine {
  /** The image's id on its newest line, undefined elsewhere. */
  readonly id: Digest | undefined;
  readonly created: string | undefined;
  readonly createdBy: string;
  /** Bytes that the step's layer unpacks to. */
  readonly size: number;
  readonly comment: string;
}

export interface VerifyOptions {
  /** Fetch again what is bad, and nothing else. */
  readonly repair?: boolean;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: PullEvent) => void;
  readonly onFinding?: (finding: VerifyFinding) => void;
}

export interface VerifyFinding {
  /** What was looked at: a digest, a layer's name or a file of the store. */
  readonly object: string;
  readonly kind: 'blob' | 'layer' | 'file';
  readonly state: 'sound' | 'corrupt' | 'missing' | 'unknown' | 'repaired' | 'removed';
  /** Why it is not sound. */
  readonly reason?: string;
  /** References of the images that need it. */
  readonly neededBy: readonly string[];
}

export interface VerifyReport {
  readonly checked: number;
  readonly bytes: number;
  /** All that is not sound (after repairs). */
  readonly findings: readonly VerifyFinding[];
  readonly sound: boolean;
}

export interface ConsoleSize {
  readonly rows: number;
  readonly columns: number;
}

export interface OutputDescriptors {
  readonly stdout: number;
  readonly stderr: number;
}

export interface ExplainedCall {
  /** `mount("proc", "/proc", "proc", MS_NOSUID, NULL)`; the environment's values are never shown. */
  readonly text: string;
  readonly call: string;
  readonly why: string;
  /** Not there before a run, nor for a call that was not reached. `= 0`, `= 5`, `= EPERM (Operation not permitted)`. */
  readonly result?: string;
  readonly failed?: boolean;
  /** With `timing` only. */
  readonly nanoseconds?: number;
}

export interface ContainerExit {
  /** The command's own, or 128 + n after signal n. */
  readonly exitCode: number;
  /** `SIGKILL`, where a signal ended it. */
  readonly signal?: string;
  /** The kernel killed one of its processes, not always the first, for more memory than the container may use. */
  readonly oomKilled?: true;
}

/** A container that dies with this process, which holds its streams. Disposing of it kills it and waits for its end. */
export interface Container extends ContainerVerbs, AsyncDisposable {
  /** On the host. */
  readonly pid: number;
  /** Undefined unless `interactive`. */
  readonly stdin: Writable | undefined;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** In place of reading stdout and stderr: copies them to descriptors of this process, until both end. */
  copyOutput(to: OutputDescriptors): Promise<void>;
  /** The kernel calls that made it. */
  explain(): readonly ExplainedCall[];
  /** @param signal `SIGTERM`, `TERM` or a number; nothing happens where it has ended */
  kill(signal: string | number): void;
  /** Only with `tty`. */
  resize(size: ConsoleSize): void;
  /** Resolves once it has ended and nothing of it but its record is left. What it wrote last may still be unread. */
  wait(): Promise<ContainerExit>;
}

/** A container that runs by itself. */
export interface StartedContainer {
  readonly id: string;
  readonly name: string;
  /** On the host. */
  readonly pid: number;
}

export interface ContainerSummary {
  readonly id: string;
  readonly name: string;
  /** As the user wrote it. */
  readonly image: string;
  readonly imageID: Digest;
  readonly command: readonly string[];
  /** RFC 3339. */
  readonly created: string;
  readonly started?: string;
  readonly finished?: string;
  readonly status: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
  /** Of one with a health check that runs. */
  readonly health?: 'starting' | 'healthy' | 'unhealthy';
  readonly exitCode?: number;
  readonly pid?: number;
  readonly labels: Readonly<Record<string, string>>;
  /** `none`, `host`, `container:<id>`, or the first network's name. */
  readonly network: string;
  /** Names of all networks that it is on. */
  readonly networks: readonly string[];
  /** Where it is to be reached from outside, while it runs; one for each family of addresses. */
  readonly ports: readonly {
    readonly hostIP: string;
    readonly hostPort: number;
    readonly containerPort: number;
    readonly protocol: 'tcp' | 'udp' | 'sctp';
  }[];
  /** `80/tcp`: those that it serves by its image's word or its maker's. */
  readonly exposedPorts: readonly string[];
  /** `source`: a volume's name, a path of the host, an image. */
  readonly mounts: readonly {
    readonly type: 'bind' | 'volume' | 'image';
    readonly source: string;
    readonly destination: string;
  }[];
  /** Bytes of what it wrote, where they were asked for, and the same with all that it stands on. */
  readonly sizeRw?: number;
  readonly sizeRootFs?: number;
}

export interface EngineInfo {
  readonly root: string;
  readonly run: string;
  readonly images: number;
  readonly containers: number;
  readonly containersRunning: number;
  readonly snapshotter: string;
  readonly kernelVersion: string;
  readonly operatingSystem: string;
  readonly architecture: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly cgroupVersion: 'v1' | 'v2' | 'hybrid' | 'none';
  /** What containers can be limited in. */
  readonly limits: readonly ('memory' | 'swap' | 'cpu' | 'cpuset' | 'pids' | 'io')[];
  /** What keeps them from devices that they may not use: a program on their cgroup, v1's controller, or that they can make no nodes. */
  readonly deviceAccess: 'bpf' | 'v1' | 'none';
  readonly rootless: boolean;
  readonly registriesConf: string | undefined;
  readonly warnings: readonly string[];
}

/**
 * What can be asked of an engine, by topic. Errors are `GockerError`s. Codes that decide an exit status: `COMMAND_NOT_FOUND`
 * (127), `COMMAND_NOT_EXECUTABLE` (126). Everything else that keeps a container from starting is 125.
 */
export interface Engine
  extends ContainerCalls,
    ExecCalls,
    FileCalls,
    HandleCalls,
    ImageCalls,
    LifeCalls,
    NetworkCalls,
    ObserveCalls,
    LogCalls,
    SnapshotCalls,
    SystemCalls,
    VolumeCalls,
    WatchCalls {}
