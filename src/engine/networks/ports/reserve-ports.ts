/** Ports of the host, taken for a container before it starts, and kept as long as somebody holds the sockets. */
import { closeSync } from 'node:fs';
import { errnoName, SyscallError } from '../../../syscall/index.ts';
import type { PublishedPort } from '../member.ts';
import { bindPort } from './bind-port.ts';
import type { PortMapping } from './port-mapping.ts';
import { bindError, ipv6Missing, noneFree } from './reservation-error.ts';

/** How often a port that is free for one address may turn out not to be for the next. */
const ATTEMPTS = 32;

export interface ReserveOptions {
  /** Whether the container can be reached by IPv6: then `[::]`, too, wherever no address was asked for. */
  readonly ipv6: boolean;
  /** Names of other containers by what they publish; asked for only once a port is taken. */
  readonly holderOf: (port: Omit<PublishedPort, 'containerPort'>) => string | undefined;
}

/** Disposing of it gives the ports free, where nobody else holds the descriptors by then. */
export interface Reservation extends Disposable {
  /** In the order of what was asked for; for all addresses one of each family. */
  readonly ports: readonly PublishedPort[];
  /** Close-on-exec sockets of this process's network namespace. */
  readonly fds: readonly number[];
}

/** @throws GockerError `PORT_TAKEN`, `ADDRESS_NOT_LOCAL`, `PORT_PRIVILEGED`, `IPV6_MISSING`; no port is kept then */
export function reservePorts(mappings: readonly PortMapping[], options: ReserveOptions): Reservation {
  const fds: number[] = [];
  const close = () => {
    for (const fd of fds.splice(0)) closeSync(fd);
  };
  const found = new Map<PortMapping, readonly PublishedPort[]>();
  try {
    // Those that can be nowhere else come first.
    for (const mapping of [...mappings].sort((a, b) => freedom(a) - freedom(b))) {
      found.set(mapping, reserve(mapping, { ...options, fds }));
    }
  } catch (error) {
    close();
    throw error;
  }
  return { ports: mappings.flatMap((mapping) => found.get(mapping) ?? []), fds, [Symbol.dispose]: close };
}

function freedom({ hostPort, hostPortEnd = hostPort }: PortMapping): number {
  return hostPort === 0 ? Number.POSITIVE_INFINITY : hostPortEnd - hostPort;
}

type Taking = ReserveOptions & { readonly fds: number[] };

function reserve(mapping: PortMapping, taking: Taking): PublishedPort[] {
  const { hostIP, hostPort, hostPortEnd = hostPort } = mapping;
  if (hostIP.includes(':') && !taking.ipv6) throw ipv6Missing(mapping);
  const addresses = hostIP !== '' ? [hostIP] : taking.ipv6 ? ['0.0.0.0', '::'] : ['0.0.0.0'];
  const isChoice = hostPort === 0 || hostPortEnd > hostPort;
  const candidates = hostPort === 0 ? ATTEMPTS : hostPortEnd - hostPort + 1;
  for (let index = 0; index < candidates; index++) {
    const wanted = hostPort === 0 ? 0 : hostPort + index;
    const ports = take(mapping, { addresses, wanted, isChoice, taking });
    if (ports !== undefined) return ports;
  }
  throw noneFree(mapping);
}

interface Attempt {
  readonly addresses: readonly string[];
  /** 0 for the kernel's choice. */
  readonly wanted: number;
  /** Whether another will do. */
  readonly isChoice: boolean;
  readonly taking: Taking;
}

/** The same port at all of the addresses; undefined where one of them is taken, and another will do. */
function take(mapping: PortMapping, { addresses, wanted, isChoice, taking }: Attempt): PublishedPort[] | undefined {
  const { containerPort, protocol } = mapping;
  const bound: number[] = [];
  let port = wanted;
  for (const hostIP of addresses) {
    try {
      const socket = bindPort(hostIP, port, protocol);
      if (socket === undefined) continue;
      bound.push(socket.fd);
      port = socket.port;
    } catch (cause) {
      for (const fd of bound) closeSync(fd);
      if (isChoice && cause instanceof SyscallError && errnoName(cause.errno) === 'EADDRINUSE') return undefined;
      const place = { hostIP, hostPort: port };
      throw bindError(mapping, { place, cause, holder: taking.holderOf({ ...place, protocol }) });
    }
  }
  taking.fds.push(...bound);
  return addresses.map((hostIP) => ({ hostIP, hostPort: port, containerPort, protocol }));
}
