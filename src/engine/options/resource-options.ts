/** What a container may use of the machine. Texts as after docker's flags; nothing is limited where they are left out. */

export interface ResourceOptions {
  /** `64m`, `1g`: a number and b, k, m or g (powers of 1024; bytes where there is no letter), 6m at least. */
  readonly memory?: string;
  /** Memory and swap together, or `-1` for as much swap as there is; twice the memory where left out. */
  readonly memorySwap?: string;
  /** What is left to it when the machine runs short. */
  readonly memoryReservation?: string;
  /** `1.5`: CPU time a second. */
  readonly cpus?: string;
  /** Weight against other containers when CPUs are short, 2 to 262144; 1024 is everybody's. */
  readonly cpuShares?: string;
  /** Microseconds of CPU time in each period. */
  readonly cpuQuota?: string;
  /** Microseconds, 1000 to 1000000; 100000 where left out. */
  readonly cpuPeriod?: string;
  /** `0-2,4` */
  readonly cpusetCpus?: string;
  readonly cpusetMems?: string;
  /** Processes and threads; `-1` for no limit. */
  readonly pidsLimit?: string;
  /** Weight against other containers when a disk is short, 10 to 1000. */
  readonly blkioWeight?: string;
  /** `/dev/sda:1mb`: bytes a second. */
  readonly deviceReadBps?: readonly string[];
  readonly deviceWriteBps?: readonly string[];
  /** `/dev/sda:1000`: operations a second. */
  readonly deviceReadIops?: readonly string[];
  readonly deviceWriteIops?: readonly string[];
  /** The cgroup above its own; `gocker` where left out. */
  readonly cgroupParent?: string;
}
