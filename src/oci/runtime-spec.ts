/** The OCI runtime spec's config.json (runtime-spec v1.2.1 config.md, config-linux.md), the parts that gocker plays. Wire keys. */

export interface Mount {
  readonly destination: string;
  readonly type?: string;
  readonly source?: string;
  /** fstab(5) words (`ro`, `nosuid`, `rbind`, `rprivate`) and the filesystem's own (`size=64m`, `lowerdir=…`). */
  readonly options?: readonly string[];
}

export interface Spec {
  readonly ociVersion: string;
  readonly process: Process;
  readonly root: { readonly path: string; readonly readonly?: boolean };
  readonly hostname?: string;
  readonly domainname?: string;
  readonly mounts?: readonly Mount[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly linux: LinuxSpec;
}

export interface Process {
  readonly terminal?: boolean;
  readonly consoleSize?: { readonly height: number; readonly width: number };
  readonly cwd: string;
  readonly env?: readonly string[];
  readonly args: readonly string[];
  readonly user: {
    readonly uid: number;
    readonly gid: number;
    readonly umask?: number;
    readonly additionalGids?: readonly number[];
  };
  readonly capabilities?: {
    readonly bounding?: readonly string[];
    readonly effective?: readonly string[];
    readonly inheritable?: readonly string[];
    readonly permitted?: readonly string[];
    readonly ambient?: readonly string[];
  };
  readonly rlimits?: readonly { readonly type: string; readonly hard: number; readonly soft: number }[];
  readonly noNewPrivileges?: boolean;
  readonly oomScoreAdj?: number;
}

export type NamespaceType = 'pid' | 'network' | 'mount' | 'ipc' | 'uts' | 'user' | 'cgroup';

export interface LinuxSpec {
  readonly namespaces: readonly { readonly type: NamespaceType; readonly path?: string }[];
  readonly uidMappings?: readonly IDMapping[];
  readonly gidMappings?: readonly IDMapping[];
  readonly cgroupsPath?: string;
  readonly rootfsPropagation?: 'shared' | 'slave' | 'private' | 'unbindable';
  readonly maskedPaths?: readonly string[];
  readonly readonlyPaths?: readonly string[];
  readonly sysctl?: Readonly<Record<string, string>>;
  readonly resources?: { readonly devices?: readonly DeviceRule[] };
}

/** config-linux.md#device-cgroup: of several rules that match, the last one wins. */
export interface DeviceRule {
  readonly allow: boolean;
  /** `a` (all) where left out. */
  readonly type?: 'a' | 'b' | 'c';
  /** Any where left out. */
  readonly major?: number;
  /** Any where left out. */
  readonly minor?: number;
  /** Of `r`, `w` and `m` (mknod); all three where left out. */
  readonly access?: string;
}

export interface IDMapping {
  readonly containerID: number;
  readonly hostID: number;
  readonly size: number;
}
