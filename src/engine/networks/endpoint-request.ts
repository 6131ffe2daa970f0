/** How a container is to be on a network: as asked for, kept in its record. */

export interface EndpointRequest {
  /** The network's id. */
  readonly network: string;
  /** Names besides the container's own. */
  readonly aliases?: readonly string[];
  /** Chosen where left out. */
  readonly ip?: string;
  readonly ip6?: string;
  /** Made of the address where left out. */
  readonly mac?: string;
}
