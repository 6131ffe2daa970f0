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
