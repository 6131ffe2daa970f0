/*
 * Makes every system call of this machine's architecture, and of those that it emulates, with arguments that do nothing, and
 * prints what came of each: where a seccomp filter speaks, its errno. Calls that would not come back are left out.
 * For calls whose arguments filters look at, one by one as well.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Beyond those that any kernel has. */
#define LAST 600

static void tell(const char *kind, long number, long result) {
  printf("%s %ld %s\n", kind, number, result < 0 ? strerrorname_np(-result) : "0");
}

static long native(long number, long a, long b, long c, long d) {
  long result = syscall(number, a, b, c, d, -1L, -1L);
  return result == -1 ? -errno : 0;
}

/* In a child: what it does to itself stays there. A filter that kills is told as the signal. */
static void apart(const char *kind, long label, long (*call)(long, long), long a, long b) {
  int ends[2];
  long result = -EIO;
  if (pipe(ends) < 0) exit(1);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    result = call(a, b);
    if (write(ends[1], &result, sizeof result) < 0) _exit(1);
    _exit(0);
  }
  close(ends[1]);
  if (read(ends[0], &result, sizeof result) != sizeof result) result = -EINTR;
  close(ends[0]);
  waitpid(child, NULL, 0);
  tell(kind, label, result);
}

static long plain(long number, long unused) {
  (void)unused;
  return native(number, -1, -1, -1, -1);
}

#ifdef __x86_64__
static long emulated(long number, long unused) {
  int result;
  (void)unused;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"((int)number), "b"(-1), "c"(-1), "d"(-1), "S"(-1), "D"(-1) : "memory", "r8", "r9", "r10", "r11");
  return result < 0 && result > -4096 ? result : 0;
}
#endif

static long open_socket(long family, long type) { return native(SYS_socket, family, type, 0, -1); }
static long take_personality(long value, long unused) { (void)unused; return native(SYS_personality, value, -1, -1, -1); }
static long leave(long flags, long unused) { (void)unused; return native(SYS_unshare, flags, -1, -1, -1); }
/* CLONE_SIGHAND without CLONE_VM is refused by the kernel, after any filter. */
static long copy(long flags, long unused) { (void)unused; return native(SYS_clone, flags | CLONE_SIGHAND, 0, 0, 0); }
static long control(long request, long unused) { (void)unused; return native(SYS_ioctl, 0, request, 0, 0); }

int main(void) {
  static const int stays[] = {SYS_exit, SYS_exit_group, SYS_rt_sigreturn, SYS_sync,
#ifdef __x86_64__
                              SYS_pause, SYS_fork, SYS_vfork,
#endif
  };
  alarm(60);
  for (long number = 0; number < LAST; number++) {
    int skip = 0;
    for (unsigned i = 0; i < sizeof stays / sizeof *stays; i++) skip |= stays[i] == number;
    if (!skip) apart("call", number, plain, number, 0);
  }
#ifdef __x86_64__
  static const int stays32[] = {1, 2, 29, 36, 72, 119, 173, 190, 252};
  for (long number = 0; number < LAST; number++) {
    int skip = 0;
    for (unsigned i = 0; i < sizeof stays32 / sizeof *stays32; i++) skip |= stays32[i] == number;
    if (!skip) apart("i386", number, emulated, number, 0);
  }
  for (long number = 0; number < LAST; number++) apart("x32", number, plain, number | 0x40000000L, 0);
#endif
  for (long family = 0; family < 48; family++) apart("socket", family, open_socket, family, SOCK_DGRAM);
  for (long value = 0; value < 64; value++) apart("personality", value, take_personality, 1L << value, 0);
  apart("personality", -1, take_personality, 0xffffffff, 0);
  apart("personality", -2, take_personality, 0x20008, 0);
  for (long bit = 0; bit < 32; bit++) {
    apart("unshare", bit, leave, 1L << bit, 0);
    /* A child that shares our memory and stack would write over them. */
    if ((1L << bit) != CLONE_VM) apart("clone", bit, copy, 1L << bit, 0);
  }
  apart("ioctl TIOCSTI", 0, control, 0x5412, 0);
  return 0;
}
