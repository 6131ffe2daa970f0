/**
 * The profile of a container for which nobody names another: equal in effect to docker's of 2026 (see test/runtime/seccomp).
 * What a rule is there for, it says.
 */
import type { ProfileRule, SeccompArgument, SeccompProfile } from '../../oci/index.ts';
import { plainCalls } from './plain-calls.ts';

const EPERM = 1;
const ENOSYS = 38;

/** linux/socket.h */
const AF_ALG = 38;
const AF_VSOCK = 40;

/** linux/personality.h */
const PER_LINUX32 = 8;
const UNAME26 = 0x2_0000;
/** Asks, and changes nothing. */
const QUERY = 0xffff_ffff;

/** CLONE_NEWNS, _NEWCGROUP, _NEWUTS, _NEWIPC, _NEWUSER, _NEWPID and _NEWNET, linux/sched.h. */
const NEW_NAMESPACES = 0x7e02_0000;

export const defaultProfile: SeccompProfile = {
  defaultAction: 'SCMP_ACT_ERRNO',
  defaultErrnoRet: EPERM,
  archMap: [
    { architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86', 'SCMP_ARCH_X32'] },
    { architecture: 'SCMP_ARCH_AARCH64', subArchitectures: ['SCMP_ARCH_ARM'] },
  ],
  syscalls: [allow(plainCalls), ...byArgument(), ...byMachine(), ...byCapability()],
};

/** Calls of which some uses are let through. */
function byArgument(): ProfileRule[] {
  return [
    // The kernel's own ciphers, which nobody needs and which have had holes; and sockets to the hypervisor, which no namespace holds.
    allow(['socket'], { index: 0, op: 'SCMP_CMP_LT', value: AF_ALG }),
    allow(['socket'], { index: 0, op: 'SCMP_CMP_EQ', value: AF_ALG + 1 }),
    allow(['socket'], { index: 0, op: 'SCMP_CMP_GT', value: AF_VSOCK }),
    // Others make a process easier to attack (no address randomisation, memory at 0).
    ...[0, PER_LINUX32, UNAME26, UNAME26 | PER_LINUX32, QUERY].map((value) =>
      allow(['personality'], { index: 0, op: 'SCMP_CMP_EQ', value }),
    ),
    // New namespaces, a user namespace above all, open much of the kernel to somebody who is root only there.
    {
      ...allow(['clone'], { index: 0, op: 'SCMP_CMP_MASKED_EQ', value: NEW_NAMESPACES, valueTwo: 0 }),
      excludes: { caps: ['CAP_SYS_ADMIN'] },
    },
    // Its flags are behind a pointer, where no filter can look: told that there is none, libraries take clone.
    {
      names: ['clone3'],
      action: 'SCMP_ACT_ERRNO',
      errnoRet: ENOSYS,
      excludes: { caps: ['CAP_SYS_ADMIN'] },
    },
    // Before 4.8 a tracer could get a call past the filter.
    { ...allow(['process_vm_readv', 'process_vm_writev', 'ptrace']), includes: { minKernel: '4.8' } },
  ];
}

function byMachine(): ProfileRule[] {
  const arm = [
    ...['arm_fadvise64_64', 'arm_sync_file_range', 'sync_file_range2'],
    ...['breakpoint', 'cacheflush', 'set_tls'],
  ];
  return [
    { ...allow(arm), includes: { arches: ['arm', 'arm64'] } },
    { ...allow(['arch_prctl', 'modify_ldt']), includes: { arches: ['amd64'] } },
  ];
}

/** What the kernel itself asks a capability for: of use to those alone that have it. */
function byCapability(): ProfileRule[] {
  const calls: Readonly<Record<string, string>> = {
    CAP_DAC_READ_SEARCH: 'open_by_handle_at',
    CAP_SYS_ADMIN: `bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie lsm_get_self_attr
      lsm_list_modules lsm_set_self_attr mount mount_setattr move_mount open_tree perf_event_open quotactl quotactl_fd
      setdomainname sethostname setns syslog umount umount2 unshare`,
    CAP_SYS_BOOT: 'reboot',
    CAP_SYS_CHROOT: 'chroot',
    CAP_SYS_MODULE: 'delete_module finit_module init_module',
    CAP_SYS_PACCT: 'acct',
    CAP_SYS_PTRACE: 'kcmp pidfd_getfd process_madvise process_vm_readv process_vm_writev ptrace',
    CAP_SYS_RAWIO: 'ioperm iopl',
    CAP_SYS_TIME: 'clock_settime clock_settime64 settimeofday stime',
    CAP_SYS_TTY_CONFIG: 'vhangup',
    CAP_SYS_NICE: 'get_mempolicy mbind set_mempolicy set_mempolicy_home_node',
    CAP_SYSLOG: 'syslog',
    CAP_BPF: 'bpf',
    CAP_PERFMON: 'perf_event_open',
  };
  return Object.entries(calls).map(([capability, names]) => ({
    ...allow(names.split(/\s+/)),
    includes: { caps: [capability] },
  }));
}

function allow(names: readonly string[], ...args: SeccompArgument[]): ProfileRule {
  return { names, action: 'SCMP_ACT_ALLOW', ...(args.length > 0 && { args }) };
}
