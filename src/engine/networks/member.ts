/** A running container on networks, as `<run>/networks/members.json` has it: it goes with the container's first process. */
import type { ProcessIdentity } from '../../runtime/index.ts';

export interface Member {
  /** Of the container. */
  readonly id: string;
  readonly name: string;
  /** The container's first. */
  readonly process: ProcessIdentity;
  /** In the order of their interfaces: eth0 first. */
  readonly endpoints: readonly Endpoint[];
  readonly ports: readonly PublishedPort[];
}

/** One interface of one container. */
export interface Endpoint {
  /** 64 hex digits. */
  readonly id: string;
  /** The network's id. */
  readonly network: string;
  /** `eth0` */
  readonly interface: string;
  /** Its other end, on the host's side. */
  readonly hostInterface: string;
  /** `02:42:ac:11:00:02` */
  readonly mac: string;
  /** With the length of the prefix: `172.17.0.2/16`; IPv4 first. */
  readonly addresses: readonly string[];
  /** What it is found by on this network; none on the default one. */
  readonly names: readonly string[];
}

/** One for each family of addresses. */
export interface PublishedPort {
  /** `0.0.0.0`, `::`, or an address of the host. */
  readonly hostIP: string;
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: PortProtocol;
}

export type PortProtocol = 'tcp' | 'udp' | 'sctp';
