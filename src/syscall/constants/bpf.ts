/** Constants of bpf(2), linux/bpf.h: what a filter of devices wants. */

/** The commands: values, not flags. */
export const BPF = { BPF_PROG_LOAD: 5, BPF_PROG_ATTACH: 8 } as const;

export const BPF_PROG_TYPE = { BPF_PROG_TYPE_CGROUP_DEVICE: 15 } as const;
export const BPF_ATTACH_TYPE = { BPF_CGROUP_DEVICE: 6 } as const;

/** Flags of BPF_PROG_ATTACH. */
export const BPF_F = { BPF_F_ALLOW_OVERRIDE: 1, BPF_F_ALLOW_MULTI: 2 } as const;
