/** What a plan is made from. Everything about the host comes in as data, so that planning reads nothing and needs no root. */
import type { Spec } from '../../oci/index.ts';
import type { Architecture } from '../../syscall/index.ts';

/** What becomes the container's `/`. */
export type Rootfs =
  /** A directory that stands ready. */
  | { readonly kind: 'directory'; readonly path: string }
  /** Layers that are stacked for this container alone, overlayfs.rst. */
  | {
      readonly kind: 'overlay';
      /** Absolute paths, the topmost layer first. */
      readonly lowerdirs: readonly string[];
      /** Where changes are kept; the container can't write to its image without. On one filesystem with `workdir`, which is empty. */
      readonly writable?: { readonly upperdir: string; readonly workdir: string };
      /** More of overlayfs's own words: `volatile`, `userxattr`. */
      readonly options?: readonly string[];
    };

export interface HostFacts {
  readonly architecture: Architecture;
  /** Whether memfd_create(2) takes MFD_EXEC, Linux ≥ 6.3: there it is wanted, and an error before. */
  readonly knowsMemfdExec: boolean;
  /** The highest capability that this kernel knows. */
  readonly lastCapability: number;
  /** What gocker itself may do: its permitted set within its bounding set. */
  readonly capabilities: bigint;
  /** Signals that gocker itself ignores, which a child would inherit. */
  readonly ignoredSignals: readonly number[];
  /** Whether this kernel serves cgroup v2: one that has none mounted keeps its controllers in v1. */
  readonly hasCgroup2: boolean;
  /** What stands at the sources of bind mounts (by `kindKey()`) and at masked paths of /proc and /sys; no entry where nothing does. */
  readonly kinds: ReadonlyMap<string, 'file' | 'directory'>;
}

/**
 * What keeps the container from devices that it may not use: a program on its cgroup (v2), the controller of v1, or only that
 * it may make no nodes of them.
 */
export type DeviceAccess = 'bpf' | 'v1' | 'none';

export function kindKey(source: string | undefined, subdirectory: string | undefined): string {
  return subdirectory === undefined ? (source ?? '') : `${source}/${subdirectory}`;
}

export interface PlanInput {
  readonly spec: Spec;
  readonly rootfs: Rootfs;
  readonly host: HostFacts;
  /** Where stdin comes from; with a terminal all three are the terminal, else stdout and stderr are pipes. */
  readonly stdin: 'pipe' | 'null';
  readonly deviceAccess: DeviceAccess;
  /** Whether a reaper stands between the kernel and the program, as PID 1. */
  readonly init?: boolean;
}

/** Results that are there before the first entry: descriptors that the child inherits. */
export const inherited = {
  /** The container's ends of the pipes. */
  stdin: 'stdin',
  stdout: 'stdout',
  stderr: 'stderr',
  /** The directory of its cgroup. */
  cgroup: 'cgroup',
  /** Of the process that holds a new user namespace: its directory in /proc, and its pidfd. */
  holder: 'holder',
  holderProcess: 'pidfd of the holder',
} as const;
