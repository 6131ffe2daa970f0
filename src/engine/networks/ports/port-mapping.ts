/** Ports of a container and where they are to be reached from outside of it, as asked for. */
import type { PortProtocol, PublishedPort } from '../member.ts';

export interface PortMapping {
  /** Empty for all of the host's; else an IPv4 or IPv6 address in its normal form. */
  readonly hostIP: string;
  /** 0 for a free one. */
  readonly hostPort: number;
  /** Where any of several will do, the last of them. */
  readonly hostPortEnd?: number;
  readonly containerPort: number;
  readonly protocol: PortProtocol;
}

/** What a container's record keeps of its ports. */
export interface PortRecord {
  /** What -p asks for. */
  readonly ports?: readonly PortMapping[];
  /** `80/tcp`: those of its image, of --expose and of -p. */
  readonly exposedPorts?: readonly string[];
  /** Those of them that no -p speaks of are to be published, too, each at a free port of the host. */
  readonly publishAllPorts?: true;
}

/** `80/tcp`, as EXPOSE and docker's users write it. */
export function formatPort({ containerPort, protocol }: Pick<PortMapping, 'containerPort' | 'protocol'>): string {
  return `${containerPort}/${protocol}`;
}

/** `0.0.0.0:8080/tcp`, `[::]:53/udp` */
export function formatHostPort({ hostIP, hostPort, protocol }: Omit<PublishedPort, 'containerPort'>): string {
  return `${hostIP.includes(':') ? `[${hostIP}]` : hostIP}:${hostPort}/${protocol}`;
}

/** All that are to be published: what was asked for, and under -P a free port for each exposed one that nothing was asked for. */
export function portsToPublish({ ports = [], exposedPorts = [], publishAllPorts }: PortRecord): readonly PortMapping[] {
  if (publishAllPorts !== true) return ports;
  const asked = new Set(ports.map(formatPort));
  const others = exposedPorts.filter((port) => !asked.has(port));
  return [...ports, ...others.map((port) => ({ hostIP: '', hostPort: 0, ...readPort(port) }))];
}

function readPort(text: string): Pick<PortMapping, 'containerPort' | 'protocol'> {
  const slash = text.indexOf('/');
  return { containerPort: Number(text.slice(0, slash)), protocol: text.slice(slash + 1) as PortProtocol };
}
