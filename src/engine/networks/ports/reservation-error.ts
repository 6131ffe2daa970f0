/** Why a port of the host can't be had. */
import { GockerError } from '../../../errors/index.ts';
import { errnoName, SyscallError } from '../../../syscall/index.ts';
import type { PublishedPort } from '../member.ts';
import { formatHostPort, formatPort, type PortMapping } from './port-mapping.ts';

/** @param holder the container that has it, where one of ours does */
export function bindError(
  mapping: PortMapping,
  {
    place,
    cause,
    holder,
  }: { place: Pick<PublishedPort, 'hostIP' | 'hostPort'>; cause: unknown; holder?: string | undefined },
): unknown {
  if (!(cause instanceof SyscallError)) return cause;
  const what = `cannot publish port ${formatPort(mapping)} at ${formatHostPort({ ...place, protocol: mapping.protocol })}`;
  switch (errnoName(cause.errno)) {
    case 'EADDRINUSE':
      return new GockerError(
        'PORT_TAKEN',
        `${what}: port is already allocated${holder === undefined ? '' : ` by container "${holder}"`}`,
        {
          cause,
          hint:
            holder === undefined
              ? `Take another port, or see who has it: ss -anp "sport = :${place.hostPort}".`
              : `Take another port, or stop that container: gocker stop ${holder}.`,
        },
      );
    case 'EADDRNOTAVAIL':
      return new GockerError('ADDRESS_NOT_LOCAL', `${what}: this host has no such address`, {
        cause,
        hint: 'See "ip addr" for those it has, or leave the address out for all of them.',
      });
    case 'EACCES':
      return new GockerError('PORT_PRIVILEGED', `${what}: ports below 1024 need CAP_NET_BIND_SERVICE`, {
        cause,
        hint: 'Take a port from 1024 on.',
      });
    default:
      return cause;
  }
}

export function ipv6Missing(mapping: PortMapping): GockerError {
  const { hostIP } = mapping;
  return new GockerError(
    'IPV6_MISSING',
    `cannot publish port ${formatPort(mapping)} at [${hostIP}]: the container's networks have no IPv6`,
    { hint: 'Make one that has: gocker network create --ipv6 NAME.' },
  );
}

export function noneFree(mapping: PortMapping): GockerError {
  const { hostIP, hostPort, hostPortEnd = hostPort, protocol } = mapping;
  const which = hostPort === 0 ? 'any port' : `any of ${hostPort}-${hostPortEnd}`;
  return new GockerError(
    'PORT_TAKEN',
    `cannot publish port ${formatPort(mapping)} at ${which}/${protocol} of ${hostIP === '' ? 'this host' : hostIP}: all ports are allocated`,
    { hint: 'Take another range.' },
  );
}
