/**
 * One port of the host, kept from everybody else by a socket that is bound to it and does no more: bind(2), ip(7), ipv6(7). It
 * does not listen: what reaches the host before the rules stand, or past them (from ::1), is refused at once, where a
 * listener whom nobody serves would leave it waiting.
 */
import { closeSync } from 'node:fs';
import { parseAddress } from '../../../runtime/index.ts';
import {
  bindSocket,
  errnoName,
  ipSocketAddress,
  listenSocket,
  openSocket,
  SyscallError,
  setSocketOption,
  shutdownReading,
  socketName,
} from '../../../syscall/index.ts';
import type { PortProtocol } from '../member.ts';

/** IPPROTO_SCTP; the others are their sockets' only ones. */
const protocolNumbers = { tcp: 0, udp: 0, sctp: 132 } as const;
const types = { tcp: 'SOCK_STREAM', udp: 'SOCK_DGRAM', sctp: 'SOCK_STREAM' } as const;

export interface BoundPort {
  readonly fd: number;
  readonly port: number;
}

/**
 * @param port 0 for a free one
 * @returns the caller closes it; undefined where this kernel has no such sockets
 * @throws SyscallError EADDRINUSE, EADDRNOTAVAIL, EACCES; nothing is open then
 */
export function bindPort(address: string, port: number, protocol: PortProtocol): BoundPort | undefined {
  const fd = open(address, protocol);
  if (fd === undefined) return undefined;
  const bytes = parseAddress(address) ?? new Uint8Array(4);
  try {
    // Nobody but our rules takes anything from it: what else comes is not to pile up.
    if (protocol === 'udp') setSocketOption(fd, 'SO_RCVBUF', 0);
    if (bytes.length === 16) setSocketOption(fd, 'IPV6_V6ONLY', 1);
    const where = ipSocketAddress(bytes, port);
    if (port === 0 || protocol !== 'tcp') bindSocket(fd, where);
    else bindThoughLeft(fd, where);
    const name = socketName(fd);
    return { fd, port: new DataView(name.buffer, name.byteOffset).getUint16(2) };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function open(address: string, protocol: PortProtocol): number | undefined {
  const domain = address.includes(':') ? 'AF_INET6' : 'AF_INET';
  try {
    return openSocket(domain, { type: types[protocol], protocol: protocolNumbers[protocol] });
  } catch (error) {
    const missing = ['EAFNOSUPPORT', 'EPROTONOSUPPORT', 'ESOCKTNOSUPPORT'];
    if (error instanceof SyscallError && missing.includes(errnoName(error.errno))) return undefined;
    throw error;
  }
}

/**
 * Connections of an earlier listener, in TIME_WAIT, are no hindrance: socket(7) SO_REUSEADDR. With it set, bind(2) takes a port
 * that another bound socket has, and the conflict shows in listen(2) alone: so it listens for a moment, and whoever comes
 * in it is refused. Afterwards the option is off, since two sockets that have it would let a third listen.
 */
function bindThoughLeft(fd: number, address: Uint8Array): void {
  try {
    bindSocket(fd, address);
    return;
  } catch (error) {
    if (!(error instanceof SyscallError && errnoName(error.errno) === 'EADDRINUSE')) throw error;
  }
  setSocketOption(fd, 'SO_REUSEADDR', 1);
  bindSocket(fd, address);
  listenSocket(fd, 1);
  shutdownReading(fd);
  setSocketOption(fd, 'SO_REUSEADDR', 0);
}
