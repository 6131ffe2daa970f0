/**
 * The calls that every container may make, whatever their arguments: together the same as docker's default profile allows
 * (moby/profiles, 2026). What is not here is what reaches past the container or into seldom used parts of the kernel: mounts,
 * modules, keyrings, io_uring, userfaultfd, swap, clocks, tracing of the kernel itself.
 */
/** Files and directories by path; what may be done to them is for permissions and mounts to say. */
const paths = `
  access chdir chmod chown creat faccessat faccessat2 fchmodat fchmodat2 fchownat futimesat getcwd getxattr getxattrat
  lchown lgetxattr link linkat listmount listxattr listxattrat llistxattr lremovexattr lsetxattr lstat mkdir mkdirat
  mknod mknodat name_to_handle_at newfstatat open openat openat2 readlink readlinkat removexattr removexattrat rename
  renameat renameat2 rmdir setxattr setxattrat stat statfs statmount statx symlink symlinkat truncate umask unlink
  unlinkat utime utimensat utimes
`;

/** Open files. */
const files = `
  close close_range copy_file_range dup dup2 dup3 fadvise64 fallocate fchdir fchmod fchown fcntl fdatasync fgetxattr
  flistxattr flock fremovexattr fsetxattr fstat fstatfs fsync ftruncate getdents getdents64 io_cancel io_destroy
  io_getevents io_pgetevents io_setup io_submit ioctl lseek memfd_create memfd_secret pipe pipe2 pread64 preadv
  preadv2 pwrite64 pwritev pwritev2 read readahead readv sendfile splice sync sync_file_range syncfs tee vmsplice
  write writev
`;

/** Waiting for something to happen. */
const events = `
  epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd
  eventfd2 fanotify_mark inotify_add_watch inotify_init inotify_init1 inotify_rm_watch poll ppoll pselect6 select
  signalfd signalfd4 timerfd_create timerfd_gettime timerfd_settime
`;

/** Own memory. */
const memory = `
  brk cachestat madvise map_shadow_stack membarrier mincore mlock mlock2 mlockall mmap mprotect mremap mseal msync
  munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect remap_file_pages
`;

/** Processes and threads, and how they are scheduled. */
const processes = `
  execve execveat exit exit_group fork futex futex_requeue futex_wait futex_waitv futex_wake get_robust_list
  get_thread_area getcpu getpgid getpgrp getpid getppid getpriority getrlimit getrusage getsid gettid ioprio_get
  ioprio_set pidfd_open prctl prlimit64 process_mrelease restart_syscall rseq sched_get_priority_max
  sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval
  sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield set_robust_list set_thread_area
  set_tid_address setpgid setpriority setrlimit setsid times uretprobe vfork wait4 waitid waitpid
`;

/** Signals. */
const signals = `
  alarm kill pause pidfd_send_signal rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn
  rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo sigaltstack sigprocmask sigreturn tgkill tkill
`;

/** Ids and capabilities, as far as the process has them. */
const identity = `
  capget capset getegid geteuid getgid getgroups getresgid getresuid getuid setfsgid setfsuid setgid setgroups
  setregid setresgid setresuid setreuid setuid
`;

/** Clocks and timers; to set the clock needs a capability besides. */
const time = `
  adjtimex clock_adjtime clock_getres clock_gettime clock_nanosleep getitimer gettimeofday nanosleep setitimer time
  timer_create timer_delete timer_getoverrun timer_gettime timer_settime
`;

/** Sockets that are there; which may be made is asked below. */
const sockets = `
  accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom recvmmsg recvmsg send sendmmsg
  sendmsg sendto setsockopt shutdown socketcall socketpair
`;

/** Messages, semaphores and shared memory of the container's own IPC namespace. */
const ipc = `
  ipc mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend mq_unlink msgctl msgget msgrcv msgsnd semctl semget
  semop semtimedop shmat shmctl shmdt shmget
`;

/** What a process asks of the kernel about itself and the machine, and how it confines itself. */
const self = `
  getrandom landlock_add_rule landlock_create_ruleset landlock_restrict_self riscv_hwprobe seccomp sysinfo uname
`;

/** The same once more for 32-bit machines: wide ids, sizes and times. */
const wide = `
  _llseek _newselect chown32 clock_adjtime64 clock_getres_time64 clock_gettime64 clock_nanosleep_time64 fadvise64_64
  fchown32 fcntl64 fstat64 fstatat64 fstatfs64 ftruncate64 futex_time64 getegid32 geteuid32 getgid32 getgroups32
  getresgid32 getresuid32 getuid32 io_pgetevents_time64 lchown32 lstat64 mmap2 mq_timedreceive_time64
  mq_timedsend_time64 ppoll_time64 pselect6_time64 recvmmsg_time64 rt_sigtimedwait_time64 sched_rr_get_interval_time64
  semtimedop_time64 sendfile64 setfsgid32 setfsuid32 setgid32 setgroups32 setregid32 setresgid32 setresuid32
  setreuid32 setuid32 stat64 statfs64 timer_gettime64 timer_settime64 timerfd_gettime64 timerfd_settime64 truncate64
  ugetrlimit utimensat_time64
`;

export const plainCalls: readonly string[] = [
  paths,
  files,
  events,
  memory,
  processes,
  signals,
  identity,
  time,
  sockets,
  ipc,
  self,
  wide,
].flatMap((text) => text.trim().split(/\s+/));
