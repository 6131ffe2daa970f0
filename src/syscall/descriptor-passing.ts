/** Descriptors through a socket: socketpair(2), and SCM_RIGHTS of unix(7). */
import { AF, MSG, SCM, SOCK, SOL } from './constants/socket.ts';
import { errnoNumber } from './errno.ts';
import { koffi } from './koffi.ts';
import { LibcFunction } from './libc.ts';
import { SyscallError } from './syscall-error.ts';

/** Offsets in struct msghdr and struct cmsghdr on 64-bit machines. */
export const MSGHDR = { iov: 16, iovlen: 24, control: 32, controllen: 40, size: 56 } as const;
export const CMSGHDR = { len: 0, level: 8, type: 12, data: 16, size: 24 } as const;
export const IOVEC = { base: 0, len: 8, size: 16 } as const;

const socketpair = new LibcFunction('int socketpair(int domain, int type, int protocol, int *sv)');
const sendmsg = new LibcFunction('ssize_t sendmsg(int sockfd, const void *msg, int flags)');
const recvmsg = new LibcFunction('ssize_t recvmsg(int sockfd, void *msg, int flags)');

/** Two connected stream sockets, both close-on-exec; the caller closes them. @throws SyscallError */
export function socketPair(): readonly [number, number] {
  return pairOf('SOCK_STREAM');
}

function pairOf(type: 'SOCK_STREAM' | 'SOCK_SEQPACKET'): readonly [number, number] {
  const fds = new Int32Array(2);
  const print = () => `socketpair(AF_UNIX, ${type}|SOCK_CLOEXEC, 0, […])`;
  socketpair.call(print, AF.AF_UNIX, SOCK[type] | SOCK.SOCK_CLOEXEC, 0, new Uint8Array(fds.buffer));
  const [one = -1, other = -1] = fds;
  return [one, other];
}

/** The same for whole messages: one is received as it was sent, with its descriptors, or not at all. @throws SyscallError */
export function messagePair(): readonly [number, number] {
  return pairOf('SOCK_SEQPACKET');
}

/**
 * Sends one message to the other end of a messagePair(): bytes, of which there must be some, and descriptors, which stay open
 * here. Never waits.
 *
 * @throws SyscallError EPIPE where nobody has the other end
 */
export function sendDescriptors(socket: number, bytes: Uint8Array, fds: readonly number[]): void {
  const header = new Uint8Array(MSGHDR.size);
  const iovec = new Uint8Array(IOVEC.size);
  const length = CMSGHDR.data + 4 * fds.length;
  const control = new Uint8Array((length + 7) & ~7);
  const { address } = koffi();
  word(iovec, IOVEC.base, address(bytes));
  word(iovec, IOVEC.len, BigInt(bytes.length));
  word(header, MSGHDR.iov, address(iovec));
  word(header, MSGHDR.iovlen, 1n);
  word(header, MSGHDR.control, address(control));
  word(header, MSGHDR.controllen, BigInt(control.length));
  word(control, CMSGHDR.len, BigInt(length));
  const rights = new DataView(control.buffer);
  rights.setInt32(CMSGHDR.level, SOL.SOL_SOCKET, true);
  rights.setInt32(CMSGHDR.type, SCM.SCM_RIGHTS, true);
  for (const [index, fd] of fds.entries()) rights.setInt32(CMSGHDR.data + 4 * index, fd, true);
  const print = () => `sendmsg(${socket}, […], MSG_DONTWAIT|MSG_NOSIGNAL)`;
  sendmsg.call(print, socket, header, MSG.MSG_DONTWAIT | MSG.MSG_NOSIGNAL);
}

/** What one message brought. */
export type Received =
  | { readonly kind: 'descriptor'; readonly fd: number }
  | { readonly kind: 'byte' }
  | { readonly kind: 'nothing' }
  /** The other end is closed everywhere. */
  | { readonly kind: 'end' };

/**
 * Takes one byte, and the descriptor that came with it, which is close-on-exec and the caller's to close. Never waits.
 *
 * @throws SyscallError
 */
export function receiveDescriptor(socket: number): Received {
  const header = new Uint8Array(MSGHDR.size);
  const iovec = new Uint8Array(IOVEC.size);
  const control = new Uint8Array(CMSGHDR.size);
  const byte = new Uint8Array(1);
  const { address } = koffi();
  word(iovec, IOVEC.base, address(byte));
  word(iovec, IOVEC.len, 1n);
  word(header, MSGHDR.iov, address(iovec));
  word(header, MSGHDR.iovlen, 1n);
  word(header, MSGHDR.control, address(control));
  word(header, MSGHDR.controllen, BigInt(CMSGHDR.size));

  const result = recvmsg.raw(socket, header, MSG.MSG_DONTWAIT | MSG.MSG_CMSG_CLOEXEC);
  if (result === -errnoNumber('EAGAIN')) return { kind: 'nothing' };
  // The other end died with something of ours unread: an end like any other.
  if (result === 0 || result === -errnoNumber('ECONNRESET')) return { kind: 'end' };
  if (result < 0) {
    throw new SyscallError('recvmsg', -result, `recvmsg(${socket}, […], MSG_DONTWAIT|MSG_CMSG_CLOEXEC)`);
  }
  return descriptorIn(control);
}

function descriptorIn(control: Uint8Array): Received {
  const view = new DataView(control.buffer, control.byteOffset);
  const rights =
    view.getInt32(CMSGHDR.level, true) === SOL.SOL_SOCKET && view.getInt32(CMSGHDR.type, true) === SCM.SCM_RIGHTS;
  if (!rights || view.getBigUint64(CMSGHDR.len, true) === 0n) return { kind: 'byte' };
  return { kind: 'descriptor', fd: view.getInt32(CMSGHDR.data, true) };
}

function word(bytes: Uint8Array, offset: number, value: bigint): void {
  new DataView(bytes.buffer, bytes.byteOffset).setBigUint64(offset, value, true);
}
