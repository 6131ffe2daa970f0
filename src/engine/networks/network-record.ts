/** A network as `<root>/networks/<id>.json` has it. */

export interface NetworkRecord {
  /** 64 hex digits. */
  readonly id: string;
  /** `bridge` is the default one's. */
  readonly name: string;
  /** RFC 3339. */
  readonly created: string;
  /** The interface on the host: `gocker0`, else `gk-` and 12 digits of the id. */
  readonly bridge: string;
  /** IPv4 first; at most one of each family. */
  readonly subnets: readonly NetworkSubnet[];
  /** Nothing but its own containers and the host can be reached. */
  readonly internal: boolean;
  /** As `network create --ipv6` asked for it. */
  readonly ipv6: boolean;
  /** Left out for the uplink's. */
  readonly mtu?: number;
  readonly labels: Readonly<Record<string, string>>;
  /** As after `network create -o`. */
  readonly options: Readonly<Record<string, string>>;
}

export interface NetworkSubnet {
  /** `172.18.0.0/16` */
  readonly subnet: string;
  /** The bridge's own address in it: `172.18.0.1`. */
  readonly gateway: string;
  /** Where addresses are chosen from; left out for the whole of the subnet. */
  readonly range?: string;
}
