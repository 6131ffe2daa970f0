/** What x32 has under numbers of its own: arch/x86/entry/syscalls/syscall_64.tbl, "x32". Without __X32_SYSCALL_BIT. */
export const x32Calls = `
  512 rt_sigaction rt_sigreturn ioctl readv writev recvfrom sendmsg recvmsg execve ptrace rt_sigpending
  rt_sigtimedwait rt_sigqueueinfo sigaltstack timer_create mq_notify kexec_load waitid set_robust_list
  get_robust_list vmsplice move_pages preadv pwritev rt_tgsigqueueinfo recvmmsg sendmmsg process_vm_readv
  process_vm_writev setsockopt getsockopt io_setup io_submit execveat preadv2 pwritev2
`;

/** What x86-64 has and x32 has not ("64"), beyond those above. */
export const notX32Calls = `
  _sysctl create_module epoll_ctl_old epoll_wait_old get_kernel_syms get_thread_area nfsservctl query_module
  set_thread_area uselib vserver
`;
