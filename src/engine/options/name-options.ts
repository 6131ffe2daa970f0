/** How a container resolves names: hosts(5), resolv.conf(5). */

export interface NameOptions {
  /** Addresses of nameservers in place of the host's. */
  readonly dns?: readonly string[];
  /** Domains that names without a dot are looked up in; `.` for none. */
  readonly dnsSearch?: readonly string[];
  /** resolv.conf(5) options: `ndots:2`. */
  readonly dnsOptions?: readonly string[];
  /** `NAME:ADDRESS`; `NAME:host-gateway` for the host. */
  readonly addHost?: readonly string[];
}
