/** Cures by call and error: what the man pages' §ERRORS mean to somebody who wants a container to run. */

const privilege = 'Run as root, or without root in a user namespace of your own.';
const namespaceLimit =
  'The limit on namespaces is reached: raise the sysctl user.max_*_namespaces, or end containers that still hold some.';
const processLimit = 'Too many processes: raise RLIMIT_NPROC or the pids limit of the cgroup, or end some.';
const newMountApi = 'This kernel lacks the call: Linux 5.12 or later is needed.';
const mountBusy = 'Something still uses it: end the process that has it open, or give another path.';

export const hints: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  clone3: {
    EPERM:
      'New namespaces need CAP_SYS_ADMIN or a new user namespace; that one may be forbidden by the sysctls kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns or user.max_user_namespaces.',
    ENOSPC: namespaceLimit,
    EUSERS: 'User namespaces are nested too deeply: start from one that is nearer to the host.',
    EAGAIN: processLimit,
    ENOMEM: 'There is no memory for another process, or its pid namespace is being torn down: try again.',
    EINVAL: 'The kernel lacks one of these namespaces, or the cgroup is of a kind that no process may be born in.',
    EBUSY: 'The cgroup has controllers for its children and so can have no process: choose a leaf.',
    EOPNOTSUPP: 'The cgroup is in an invalid domain: see cgroup.type in it and above it.',
    EACCES: 'The cgroup is not yours to enter: it must be delegated to your user.',
    ENOSYS: 'Linux 5.9 or later is needed, or a seccomp filter around us hides clone3: loosen it.',
  },
  unshare: { EPERM: privilege, ENOSPC: namespaceLimit, EINVAL: 'The kernel lacks this namespace.' },
  setns: {
    EPERM:
      'Entering that namespace needs CAP_SYS_ADMIN in it and in your own user namespace: run as the user who started the container.',
    EINVAL: 'The descriptor is of another kind of namespace, or its container is gone.',
  },
  mount: {
    EPERM: `${privilege} Within a user namespace a mount can't drop nosuid, nodev, noexec or read-only that the host has set on it.`,
    ENODEV: 'The kernel lacks this filesystem: load its module (modprobe), then try again.',
    EINVAL:
      'An option is wrong or unknown to this filesystem; for an overlay, upperdir and workdir must be apart, on one filesystem that is no overlay. dmesg tells more.',
    ENOENT: 'The source, the target or a lower directory does not exist: check the paths.',
    ENOTDIR: 'Source and target must both be directories, or both be files.',
    EBUSY: 'It is mounted already, or an upperdir is in use by another overlay.',
    ENOTBLK: 'This filesystem wants a block device as its source.',
    ELOOP: 'The target is a symbolic link loop, or one that may not be followed.',
    ENOSPC: 'The namespace has too many mounts: raise the sysctl fs.mount-max.',
    ENAMETOOLONG: 'The options do not fit in one page: fewer layers, or shorter paths.',
    EACCES: 'The path is not searchable by this user, or the filesystem is read-only: check its permissions.',
  },
  umount2: {
    EBUSY: mountBusy,
    EINVAL: 'It is no mount point, or one that belongs to another namespace.',
    EPERM: privilege,
  },
  pivot_root: {
    EINVAL:
      'The new root must be a mount point that is not shared (make it private first), and the present root no initramfs.',
    EBUSY: 'The new root is the present one: bind-mount it upon itself first.',
    ENOTDIR: 'The new root is no directory.',
    EPERM: privilege,
  },
  fsopen: {
    ENODEV: 'The kernel lacks this filesystem: load its module (modprobe), then try again.',
    EPERM: privilege,
    ENOSYS: newMountApi,
  },
  fsconfig: {
    EINVAL: 'The filesystem does not know this option or value. dmesg tells more.',
    EPERM: `${privilege} A user namespace can mount proc and sysfs only where the host's own are wholly visible.`,
    EBUSY: 'The filesystem is mounted already with other options.',
  },
  fsmount: {
    EPERM: `${privilege} A user namespace can mount proc and sysfs only where the host's own are wholly visible.`,
  },
  open_tree: {
    ENOENT: 'The path to be mounted does not exist on the host: create it, or correct the source.',
    EINVAL: 'The mount is unbindable, or has locked mounts below it: bind recursively.',
    EPERM: privilege,
    ENOSYS: newMountApi,
  },
  move_mount: {
    ENOENT: 'The target does not exist within the container.',
    ENOTDIR: 'Source and target must both be directories, or both be files.',
    EINVAL:
      'Source and target must both be directories, or both be files; and the target may not lie under a shared mount.',
    ELOOP: 'The target would lie within the tree that is being moved.',
  },
  mount_setattr: {
    EINVAL: 'The filesystem does not allow these attributes: idmapped mounts are not supported by all.',
    EPERM: 'A locked attribute (nosuid, nodev, noexec, read-only) of the host can not be dropped in a user namespace.',
    ENOSYS: newMountApi,
  },
  openat2: {
    ELOOP: 'A symbolic link stands in the path where none may: the image is damaged or hostile.',
    EXDEV: 'The path leads out of the container: the image is damaged or hostile.',
    ENOENT: 'The path does not exist within the container.',
    ENOTDIR:
      'It is a file within the container, where a directory is wanted: mount directories on directories, files on files.',
  },
  chdir: {
    ENOENT: 'The directory does not exist: create it, or give another one.',
    ENOTDIR: 'It is no directory: give another one.',
    EACCES: 'The user may not enter this directory: change its mode or the user.',
  },
  execve: {
    ENOENT: 'The program, or the interpreter that its first line or its ELF header names, does not exist in the image.',
    EACCES: 'It is not executable, is a directory, or lies on a mount with noexec: chmod +x it, or run another.',
    ENOEXEC:
      "It is no program for this machine: check the image's platform, or give the script a first line such as #!/bin/sh.",
    ENOMEM: 'There is no memory for it within the limits: raise the memory limit.',
    E2BIG: 'Arguments and environment are too long together: shorten them.',
    ENOTDIR: 'A part of its path is no directory: check the command.',
    ELOOP: 'A symbolic link loop, or interpreters that need interpreters: check the command.',
    ETXTBSY: 'It is being written to: try again when that is done.',
    EPERM: 'A mount with nosuid, a tracer or a security module forbids it.',
    EAGAIN: processLimit,
  },
  sethostname: { EPERM: 'The hostname belongs to another UTS namespace: give the container its own.' },
  setgroups: {
    EPERM: 'In a user namespace setgroups is denied until a privileged helper (newgidmap) has written the gid map.',
  },
  setresuid: {
    EINVAL: 'This uid has no mapping in the user namespace: take one within the mapped range.',
    EAGAIN: processLimit,
  },
  setresgid: { EINVAL: 'This gid has no mapping in the user namespace: take one within the mapped range.' },
  prlimit64: { EPERM: 'Raising a hard limit needs CAP_SYS_RESOURCE: ask for less, or raise the limit of the caller.' },
  capset: { EPERM: 'A capability was asked for that the caller itself lacks: drop it from the set.' },
  seccomp: {
    EACCES: 'Loading a filter needs CAP_SYS_ADMIN or no_new_privs: set noNewPrivileges.',
    EINVAL: 'The kernel rejects the filter, or was built without seccomp.',
  },
  mknodat: { EPERM: 'Device nodes need CAP_MKNOD on the host: without root, bind-mount them instead.' },
  recvfrom: { UNEXPECTED_RESULT: 'The process that prepared this one has ended or given up: its own error says why.' },
  memfd_create: {
    EACCES:
      'The sysctl vm.memfd_noexec = 2 forbids programs in memory, and gocker starts containers by one: set it to 0 or 1.',
  },
  mmap: { ENOMEM: 'There is no memory, or the process has too many mappings (sysctl vm.max_map_count).' },
  mprotect: { EACCES: 'A security module forbids new executable memory: allow execmem for node.' },
  socketpair: {
    EMFILE: 'Too many open files: raise RLIMIT_NOFILE (ulimit -n).',
    ENFILE: 'The system has too many open files.',
  },
};

/** One sentence or two that cure; undefined where nothing is known. */
export function hintFor(call: string, errno: string): string | undefined {
  return hints[call]?.[errno] ?? hints[aliases[call] ?? '']?.[errno];
}

const aliases: Readonly<Record<string, string>> = {
  execveat: 'execve',
  fchdir: 'chdir',
  umount: 'umount2',
  mknod: 'mknodat',
};
