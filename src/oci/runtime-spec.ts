/** The OCI runtime spec's config.json (runtime-spec v1.2.1 config.md, config-linux.md), the parts that gocker plays. Wire keys. */

export interface Mount {
  readonly destination: string;
  readonly type?: string;
  readonly source?: string;
  /** fstab(5) words (`ro`, `nosuid`, `rbind`, `rprivate`) and the filesystem's own (`size=64m`, `lowerdir=…`). */
  readonly options?: readonly string[];
  /** Of an idmapped mount (`idmap` or `ridmap` among the options): mount_setattr(2) §"ID-mapped mounts". */
  readonly uidMappings?: readonly IDMapping[];
  readonly gidMappings?: readonly IDMapping[];
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
  /** Of apparmor(7), loaded in the kernel already. */
  readonly apparmorProfile?: string;
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
  readonly resources?: LinuxResources;
  readonly devices?: readonly LinuxDevice[];
  readonly seccomp?: LinuxSeccomp;
}

/** config-linux.md#control-groups. Bytes, microseconds and counts; -1 is "no limit" where the spec says so. */
export interface LinuxResources {
  readonly devices?: readonly DeviceRule[];
  readonly memory?: { readonly limit?: number; readonly reservation?: number; readonly swap?: number };
  readonly cpu?: {
    readonly shares?: number;
    readonly quota?: number;
    readonly period?: number;
    readonly cpus?: string;
    readonly mems?: string;
  };
  readonly pids?: { readonly limit: number };
  readonly blockIO?: {
    /** 10 to 1000. */
    readonly weight?: number;
    readonly throttleReadBpsDevice?: readonly ThrottleDevice[];
    readonly throttleWriteBpsDevice?: readonly ThrottleDevice[];
    readonly throttleReadIOPSDevice?: readonly ThrottleDevice[];
    readonly throttleWriteIOPSDevice?: readonly ThrottleDevice[];
  };
  /** Files of cgroup v2 by name, written as they are. */
  readonly unified?: Readonly<Record<string, string>>;
}

export interface ThrottleDevice {
  readonly major: number;
  readonly minor: number;
  readonly rate: number;
}

/** config-linux.md#devices. */
export interface LinuxDevice {
  readonly path: string;
  readonly type: 'c' | 'b' | 'u' | 'p';
  readonly major?: number;
  readonly minor?: number;
  readonly fileMode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

/** config-linux.md#seccomp. Docker's files (`moby/profiles/seccomp`) have more words than this; they are resolved to it. */
export interface LinuxSeccomp {
  /** `SCMP_ACT_ERRNO` … */
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number;
  /** `SCMP_ARCH_X86_64` … */
  readonly architectures?: readonly string[];
  /** `SECCOMP_FILTER_FLAG_LOG` … */
  readonly flags?: readonly string[];
  readonly syscalls?: readonly SeccompRule[];
}

export interface SeccompRule {
  readonly names: readonly string[];
  readonly action: string;
  readonly errnoRet?: number;
  /** All of them must hold. */
  readonly args?: readonly SeccompArgument[];
}

export interface SeccompArgument {
  readonly index: number;
  readonly value: number | bigint;
  /** The mask's second operand for `SCMP_CMP_MASKED_EQ`. */
  readonly valueTwo?: number | bigint;
  /** `SCMP_CMP_NE`, `_LT`, `_LE`, `_EQ`, `_GE`, `_GT`, `_MASKED_EQ`. */
  readonly op: string;
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
