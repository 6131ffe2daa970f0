/** Which networks a container is on, and as what. */

export interface NetworkOptions {
  /**
   * `bridge` (where left out; or what GOCKER_NETWORK says), `none`, `host`, `container:X`, or networks by name or id, the first of
   * which is the way out; `name=NET,alias=db,ip=172.30.0.5` says more of one.
   */
  readonly network?: string | readonly string[];
  /** Names on the first of them besides the container's own. */
  readonly networkAliases?: readonly string[];
  /** Its address on the first of them. */
  readonly ip?: string;
  readonly ip6?: string;
  /** Of its first interface. */
  readonly macAddress?: string;
}

/** What the network commands take and give. */
export interface CreateNetworkOptions {
  readonly name: string;
  /** There is but `bridge`. */
  readonly driver?: string;
  /** At most one of each family: `172.30.0.0/16`. A free one is chosen where left out; one of IPv6 asks for `ipv6`. */
  readonly subnets?: readonly string[];
  /** The host's addresses in them; their first where left out. */
  readonly gateways?: readonly string[];
  /** Parts of them that addresses are chosen from. */
  readonly ipRanges?: readonly string[];
  /** Nothing goes out of it or in. */
  readonly internal?: boolean;
  readonly ipv6?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  /** `mtu` (`com.docker.network.driver.mtu`), `com.docker.network.bridge.name`. */
  readonly options?: Readonly<Record<string, string>>;
}

export interface ConnectOptions {
  readonly networkAliases?: readonly string[];
  readonly ip?: string;
  readonly ip6?: string;
}

/** All of them must match; of several values for one key any may. */
export interface NetworkFilters {
  /** Patterns that the id or the name has in it. */
  readonly ids?: readonly string[];
  readonly names?: readonly string[];
  readonly drivers?: readonly string[];
  readonly scopes?: readonly string[];
  /** `key` or `key=value`; all of them. */
  readonly labels?: readonly string[];
  readonly types?: readonly ('builtin' | 'custom')[];
  /** Made by a user, and no container, running or not, has it. */
  readonly dangling?: boolean;
}

export interface PruneNetworksOptions {
  /** Made before it: a moment, or how long ago. */
  readonly until?: string;
  /** `key` or `key=value`; all of them. */
  readonly labels?: readonly string[];
  /** The same, and none of them. */
  readonly labelsNot?: readonly string[];
}

/** docker's keys. */
export interface NetworkDetails {
  readonly Name: string;
  readonly Id: string;
  /** RFC 3339. */
  readonly Created: string;
  readonly Scope: 'local';
  readonly Driver: 'bridge' | 'host' | 'null';
  readonly EnableIPv4: boolean;
  readonly EnableIPv6: boolean;
  readonly IPAM: {
    readonly Driver: 'default';
    readonly Options: Readonly<Record<string, string>> | null;
    readonly Config: readonly NetworkPool[] | null;
  };
  readonly Internal: boolean;
  readonly Attachable: false;
  readonly Ingress: false;
  readonly ConfigFrom: { readonly Network: '' };
  readonly ConfigOnly: false;
  /** Those that run, by id. */
  readonly Containers: Readonly<Record<string, NetworkContainer>>;
  readonly Options: Readonly<Record<string, string>>;
  readonly Labels: Readonly<Record<string, string>>;
}

export interface NetworkPool {
  readonly Subnet: string;
  readonly IPRange?: string;
  readonly Gateway: string;
}

/** Without an address of its own where it shares the host's network, or has none. */
export interface NetworkContainer {
  readonly Name: string;
  readonly EndpointID: string;
  readonly MacAddress: string;
  /** With the length of the prefix: `172.18.0.2/16`. */
  readonly IPv4Address: string;
  readonly IPv6Address: string;
}
