/** Constants of socket(2), send(2), netdevice(7) and the terminal's ioctls, ioctl_tty(2). */

export const AF = { AF_UNIX: 1, AF_INET: 2, AF_INET6: 10, AF_NETLINK: 16, AF_PACKET: 17 } as const;

/** The types of socket(2) and the flags that may stand beside them. */
export const SOCK = {
  SOCK_STREAM: 1,
  SOCK_DGRAM: 2,
  SOCK_RAW: 3,
  SOCK_SEQPACKET: 5,
  SOCK_NONBLOCK: 0o4000,
  SOCK_CLOEXEC: 0o2000000,
} as const;

export const SOL = { SOL_SOCKET: 1, SOL_IPV6: 41, SOL_NETLINK: 270 } as const;
export const SCM = { SCM_RIGHTS: 1 } as const;

export const MSG = {
  MSG_PEEK: 0x2,
  MSG_CTRUNC: 0x8,
  MSG_DONTWAIT: 0x40,
  MSG_NOSIGNAL: 0x4000,
  MSG_CMSG_CLOEXEC: 0x40000000,
} as const;

/** What setsockopt(2) sets, by level: socket(7), ipv6(7), netlink(7). */
export const SO = { SO_REUSEADDR: 2, SO_RCVBUF: 8, SO_BINDTODEVICE: 25 } as const;
export const IPV6 = { IPV6_V6ONLY: 26 } as const;
export const NETLINK = {
  NETLINK_ADD_MEMBERSHIP: 1,
  NETLINK_CAP_ACK: 10,
  NETLINK_EXT_ACK: 11,
  NETLINK_GET_STRICT_CHK: 12,
} as const;

/** netdevice(7): requests of ioctl(2), and an interface's flags. */
export const SIOC = { SIOCGIFFLAGS: 0x8913, SIOCSIFFLAGS: 0x8914 } as const;
export const IFF = { IFF_UP: 0x1, IFF_LOOPBACK: 0x8, IFF_RUNNING: 0x40 } as const;

/** ioctl_tty(2) and ioctl_pty(2). The same on x86-64 and arm64. */
export const TIOC = {
  TIOCSCTTY: 0x540e,
  TIOCSPGRP: 0x5410,
  TIOCGWINSZ: 0x5413,
  TIOCSWINSZ: 0x5414,
  TIOCNOTTY: 0x5422,
  TIOCGPTN: 0x80045430,
  TIOCSPTLCK: 0x40045431,
  TIOCGPTPEER: 0x5441,
} as const;
