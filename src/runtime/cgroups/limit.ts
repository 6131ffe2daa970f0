/** A limit as what is written to make it hold: one file of a container's cgroup, and what asked for it. */

/** The names of cgroup v2; in v1 `io` is `blkio`. */
export type Controller = 'memory' | 'cpu' | 'cpuset' | 'pids' | 'io' | 'hugetlb' | 'rdma' | 'misc';

/** 1: each controller has a hierarchy. 2: all are in one. */
export type CgroupVersion = 1 | 2;

export interface Limit {
  readonly controller: Controller;
  readonly file: string;
  readonly value: string;
  /** Below `linux.resources` of the runtime spec: `memory.limit`. */
  readonly field: string;
  /** What `run` calls it: `--memory`. */
  readonly flag?: string;
  /** In place of `file` and `value` where this kernel has no such file. */
  readonly otherwise?: { readonly file: string; readonly value: string };
}
