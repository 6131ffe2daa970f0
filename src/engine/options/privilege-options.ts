/** What a container's processes may do, in the words that docker's flags of the same names take. */

export interface PrivilegeOptions {
  /** All capabilities that gocker itself has, all devices of the machine, no masked paths, no seccomp filter. */
  readonly privileged?: boolean;
  /** `NET_ADMIN`, `CAP_NET_ADMIN`, `all`; wins over `capDrop`. */
  readonly capAdd?: readonly string[];
  readonly capDrop?: readonly string[];
  /** `no-new-privileges`, `seccomp=unconfined`, `apparmor=PROFILE`, `systempaths=unconfined` … */
  readonly securityOpt?: readonly string[];
  /** `nofile=1024:2048`; -1 is no limit. */
  readonly ulimits?: readonly string[];
  /** -1000 (never killed for want of memory) to 1000 (first of all). */
  readonly oomScoreAdj?: string | number;
  /** `net.ipv4.ip_forward=1` */
  readonly sysctls?: readonly string[];
  /** Of /dev/shm: `64m`. */
  readonly shmSize?: string | number;
  /** Supplementary groups, by number or by the image's names. */
  readonly groupAdd?: readonly string[];
  /** `/dev/fuse[:/dev/other][:rwm]`; a directory stands for the devices in it. */
  readonly devices?: readonly string[];
  /** `c 42:* rmw` */
  readonly deviceCgroupRules?: readonly string[];
}
