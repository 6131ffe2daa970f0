/** What is asked of running containers, and what comes back: figures of their use, and new limits. */
import type { ResourceOptions } from './resource-options.ts';

export interface StatsOptions {
  /** Those that don't run, too, where none is named. */
  readonly all?: boolean;
  /** False: one measurement, and the end. True where left out. */
  readonly stream?: boolean;
  /** Milliseconds from one measurement to the next; 1000 where left out. */
  readonly interval?: number;
  readonly signal?: AbortSignal;
}

/** A figure is left out where this machine does not tell it. All are 0 where the container does not run. */
export interface ContainerStats {
  readonly id: string;
  readonly name: string;
  /** As the caller named it; undefined where none was named. */
  readonly asked?: string;
  readonly running: boolean;
  /** Percent of one CPU since the last measurement: 200 is all of two. */
  readonly cpuPercent?: number;
  /** Bytes without file pages that would be dropped first, and how many there may be: the machine's where it has no limit. */
  readonly memory?: number;
  readonly memoryLimit: number;
  /** Bytes through its own network. */
  readonly received?: number;
  readonly sent?: number;
  /** Bytes from and to disks. */
  readonly read?: number;
  readonly written?: number;
  /** Processes and threads. */
  readonly pids?: number;
}

/** Those limits that can be changed while a container runs; texts as after docker's flags. */
export type LimitUpdate = Pick<
  ResourceOptions,
  | 'blkioWeight'
  | 'cpuPeriod'
  | 'cpuQuota'
  | 'cpuShares'
  | 'cpus'
  | 'cpusetCpus'
  | 'cpusetMems'
  | 'memory'
  | 'memoryReservation'
  | 'memorySwap'
  | 'pidsLimit'
>;

export interface UpdateOptions extends LimitUpdate {
  /** `no`, `always`, `on-failure:3`, `unless-stopped` */
  readonly restart?: string;
}
