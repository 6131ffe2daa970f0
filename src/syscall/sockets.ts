/** Sockets that Node has no class for, or that have to be there at once: socket(2), bind(2), sendto(2), recv(2). All are synchronous. */
import { AF, IPV6, MSG, NETLINK, SO, SOCK, SOL } from './constants/socket.ts';
import { errnoNumber } from './errno.ts';
import { LibcFunction } from './libc.ts';
import { SyscallError } from './syscall-error.ts';

const socket = new LibcFunction('int socket(int domain, int type, int protocol)');
const bind = new LibcFunction('int bind(int sockfd, const void *addr, socklen_t addrlen)');
const listen = new LibcFunction('int listen(int sockfd, int backlog)');
const setsockopt = new LibcFunction(
  'int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t optlen)',
);
const shutdown = new LibcFunction('int shutdown(int sockfd, int how)');
const getsockname = new LibcFunction('int getsockname(int sockfd, void *addr, void *addrlen)');
const send = new LibcFunction('ssize_t send(int sockfd, const void *buf, size_t len, int flags)');
const recv = new LibcFunction('ssize_t recv(int sockfd, void *buf, size_t len, int flags)');

/** sys/socket.h */
const SHUT_RD = 0;
const EAGAIN = errnoNumber('EAGAIN');

export type SocketType = 'SOCK_STREAM' | 'SOCK_DGRAM' | 'SOCK_RAW';

export type SocketOption = keyof typeof SO | keyof typeof IPV6 | keyof typeof NETLINK;

/** Each option with its level. */
const options = new Map<string, readonly [level: number, option: number]>(
  (
    [
      [SOL.SOL_SOCKET, SO],
      [SOL.SOL_IPV6, IPV6],
      [SOL.SOL_NETLINK, NETLINK],
    ] as const
  ).flatMap(([level, family]) => Object.entries(family).map(([name, option]) => [name, [level, option]] as const)),
);

export interface SocketOptions {
  readonly type: SocketType;
  /** 0 where left out: the domain's only one. */
  readonly protocol?: number;
  readonly nonblocking?: boolean;
}

/** Close-on-exec; the caller closes it. @throws SyscallError */
export function openSocket(domain: keyof typeof AF, options: SocketOptions): number {
  const { type, protocol = 0, nonblocking = false } = options;
  const bits = SOCK[type] | SOCK.SOCK_CLOEXEC | (nonblocking ? SOCK.SOCK_NONBLOCK : 0);
  return socket.call(() => `socket(${domain}, ${type}|SOCK_CLOEXEC, ${protocol})`, AF[domain], bits, protocol);
}

/** @param address a struct sockaddr, as ipSocketAddress() makes it @throws SyscallError */
export function bindSocket(fd: number, address: Uint8Array): void {
  bind.call(() => `bind(${fd}, ${formatSocketAddress(address)}, ${address.length})`, fd, address, address.length);
}

/** @throws SyscallError */
export function listenSocket(fd: number, backlog: number): void {
  listen.call(() => `listen(${fd}, ${backlog})`, fd, backlog);
}

/** A listening socket does so no more, and keeps its port. @throws SyscallError */
export function shutdownReading(fd: number): void {
  shutdown.call(() => `shutdown(${fd}, SHUT_RD)`, fd, SHUT_RD);
}

/** @param value an int, or the bytes of what the option wants @throws SyscallError */
export function setSocketOption(fd: number, option: SocketOption, value: number | Uint8Array): void {
  const [level = 0, number = 0] = options.get(option) ?? [];
  const bytes = typeof value === 'number' ? new Uint8Array(Int32Array.of(value).buffer) : value;
  const print = () => `setsockopt(${fd}, ${option}, ${typeof value === 'number' ? value : '[…]'})`;
  setsockopt.call(print, fd, level, number, bytes, bytes.length);
}

/**
 * struct sockaddr_in and struct sockaddr_in6: ip(7), ipv6(7).
 *
 * @param address 4 or 16 bytes
 */
export function ipSocketAddress(address: Uint8Array, port: number): Uint8Array {
  const isIPv6 = address.length === 16;
  const bytes = new Uint8Array(isIPv6 ? 28 : 16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, isIPv6 ? AF.AF_INET6 : AF.AF_INET, true);
  view.setUint16(2, port);
  bytes.set(address, isIPv6 ? 8 : 4);
  return bytes;
}

/** The address that it is bound to, as bytes of a struct sockaddr. @throws SyscallError */
export function socketName(fd: number): Uint8Array {
  const address = new Uint8Array(128);
  const length = Uint32Array.of(address.length);
  getsockname.call(() => `getsockname(${fd}, […], […])`, fd, address, new Uint8Array(length.buffer));
  return address.subarray(0, length[0]);
}

/** One message, whole. @param what how it is shown in the error @throws SyscallError */
export function sendMessage(fd: number, bytes: Uint8Array, what: () => string): void {
  send.call(() => `send(${fd}, ${what()}, ${bytes.length}, MSG_NOSIGNAL)`, fd, bytes, bytes.length, MSG.MSG_NOSIGNAL);
}

/**
 * Never waits.
 *
 * @param into where the message goes; what is longer is cut off
 * @returns its bytes, a part of `into`; undefined where nothing has come
 * @throws SyscallError
 */
export function receiveMessage(fd: number, into: Uint8Array): Uint8Array | undefined {
  const length = recv.raw(fd, into, into.length, MSG.MSG_DONTWAIT);
  if (length >= 0) return into.subarray(0, length);
  if (length === -EAGAIN) return undefined;
  throw new SyscallError('recv', -length, `recv(${fd}, […], ${into.length}, MSG_DONTWAIT)`);
}

/** As strace has it, but for its names: `{AF_INET, 127.0.0.1:80}`. */
function formatSocketAddress(address: Uint8Array): string {
  const view = new DataView(address.buffer, address.byteOffset, address.length);
  const family = view.getUint16(0, true);
  if (family === AF.AF_INET) return `{AF_INET, ${address.subarray(4, 8).join('.')}:${view.getUint16(2)}}`;
  if (family !== AF.AF_INET6) return '{…}';
  const groups = Array.from({ length: 8 }, (_, at) => view.getUint16(8 + 2 * at).toString(16));
  return `{AF_INET6, [${groups.join(':')}]:${view.getUint16(2)}}`;
}
