/** The side of containers' networks that is the host's: bridges, the cables that are plugged into them, forwarding. */
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { GockerError } from '../../errors/index.ts';
import { inNetworkNamespace, type PlayedCall } from '../../syscall/index.ts';
import type { CIDR } from './cidr.ts';
import { NetlinkConnection } from './netlink/connection.ts';
import type { NetlinkMessage } from './netlink/message.ts';
import { newAddress } from './rtnetlink/addresses.ts';
import {
  deleteLink,
  getLink,
  getPlugged,
  hairpin,
  type Link,
  linkUp,
  newBridge,
  newVethPair,
  parseLink,
} from './rtnetlink/links.ts';
import { getRoutes, newRoute, parseRoute, type Route } from './rtnetlink/routes.ts';

export interface Bridge {
  readonly name: string;
  readonly mac: string;
  readonly mtu: number;
  /** Its own addresses, with the lengths of the networks' prefixes; without an IPv6 one it has no IPv6 at all. */
  readonly addresses: readonly CIDR[];
}

export interface Attachment {
  /** The bridge's. */
  readonly bridge: string;
  /** Of the end that stays on the host. */
  readonly hostName: string;
  /** `eth0` */
  readonly name: string;
  readonly mac: string;
  readonly mtu: number;
  readonly addresses: readonly CIDR[];
  /** Routers to all that is not on the link; at most one of each family. */
  readonly gateways: readonly Uint8Array[];
}

/** Of the network namespace of the thread that opens it. */
export class NetworkHost implements Disposable {
  readonly #connection: NetlinkConnection;
  readonly #journal: PlayedCall[] | undefined;
  /** Indexes of bridges, by name. */
  readonly #bridges = new Map<string, number>();

  private constructor(connection: NetlinkConnection, journal: PlayedCall[] | undefined) {
    this.#connection = connection;
    this.#journal = journal;
  }

  /** @param journal takes what is changed, for `--explain` @throws SyscallError */
  static open(journal?: PlayedCall[]): NetworkHost {
    return new NetworkHost(NetlinkConnection.open('NETLINK_ROUTE', { journal }), journal);
  }

  /**
   * One that is up is taken to be whole: being brought up is the last that is done to it.
   *
   * Nothing is left where it fails.
   *
   * @returns whether it had to be made
   * @throws NetlinkError, SyscallError
   */
  ensureBridge(bridge: Bridge): boolean {
    const { name, addresses } = bridge;
    const there = this.link({ name });
    if (there?.isUp === true) {
      this.#bridges.set(name, there.index);
      return false;
    }
    this.#connection.request([newBridge(name, bridge.mac)]);
    try {
      const index = this.link({ name })?.index ?? 0;
      setBridgeOptions(name, { ipv6: addresses.some(({ address }) => address.length === 16) });
      this.#connection.request(planBridge(index, bridge));
      this.#bridges.set(name, index);
      return true;
    } catch (error) {
      // It may be up all the same: rtnetlink goes on after what it refuses.
      this.removeBridge(name);
      throw error;
    }
  }

  /** All that is plugged into it loses it. Idempotent. @throws NetlinkError */
  removeBridge(name: string): void {
    this.#connection.request([deleteLink(name, 'the network is removed')]);
    this.#bridges.delete(name);
  }

  /**
   * Nothing is left where it fails.
   *
   * @param pid a process in the container's network namespace
   * @throws NetlinkError, SyscallError
   */
  attach(pid: number, attachment: Attachment): void {
    const namespace = openSync(`/proc/${pid}/ns/net`, 'r');
    try {
      const { bridge, hostName, name, mac, mtu, addresses } = attachment;
      const master = this.#bridges.get(bridge) ?? this.link({ name: bridge })?.index;
      const peer = { name, mac, namespace };
      this.#connection.request([newVethPair({ hostName, mtu, peer, ...(master === undefined ? {} : { master }) })]);
      try {
        if (master !== undefined && isBridgeFiltered()) this.#connection.request([hairpin(hostName)]);
        inNetworkNamespace(namespace, () => {
          // What it was told of an earlier owner of the address, the bridge forgets as soon as this one is up.
          writeFileSync(`/proc/sys/net/ipv4/conf/${name}/arp_notify`, '1');
          setInterfaceOptions(name, { ipv6: addresses.some(({ address }) => address.length === 16) });
          using inside = NetlinkConnection.open('NETLINK_ROUTE', { journal: this.#journal });
          const answer = inside.get(getLink({ name }));
          if (answer !== undefined) inside.request(planEndpoint(parseLink(answer).index, attachment));
        });
      } catch (error) {
        this.detach(hostName);
        throw error;
      }
    } finally {
      closeSync(namespace);
    }
  }

  /**
   * The way to everything else is through another interface now.
   *
   * @param pid a process in the container's network namespace
   * @throws NetlinkError, SyscallError
   */
  leadOut(pid: number, { name, gateways }: Pick<Attachment, 'name' | 'gateways'>): void {
    const namespace = openSync(`/proc/${pid}/ns/net`, 'r');
    try {
      inNetworkNamespace(namespace, () => {
        using inside = NetlinkConnection.open('NETLINK_ROUTE', { journal: this.#journal });
        const answer = inside.get(getLink({ name }));
        if (answer !== undefined) inside.request(planWayOut(parseLink(answer).index, gateways));
      });
    } finally {
      closeSync(namespace);
    }
  }

  /** Both ends go. Idempotent. @throws NetlinkError */
  detach(hostName: string): void {
    this.#connection.request([deleteLink(hostName, 'the container leaves the network')]);
  }

  link(which: { readonly name: string } | { readonly index: number }): Link | undefined {
    const answer = this.#connection.get(getLink(which));
    return answer === undefined ? undefined : parseLink(answer);
  }

  links(): Link[] {
    return this.#connection.dump(getLink()).map(parseLink);
  }

  /** What is plugged into a bridge. @param bridge its index */
  plugged(bridge: number): Link[] {
    return this.#connection.dump(getPlugged(bridge)).map(parseLink);
  }

  /** Those to the host itself left out. */
  routes(): Route[] {
    return this.#connection.dump(getRoutes).flatMap((answer) => parseRoute(answer) ?? []);
  }

  /** The interface that leads to everything else; undefined where nothing does. */
  uplink(): Link | undefined {
    const [best] = this.routes()
      .filter(({ destination, interface: index }) => destination.bits === 0 && index !== undefined)
      .sort((a, b) => a.destination.address.length - b.destination.address.length || a.metric - b.metric);
    return best?.interface === undefined ? undefined : this.link({ index: best.interface });
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }
}

/** What a bridge that is there needs to be one end of a network; it is up when all is done. Pure. */
export function planBridge(index: number, { addresses, mtu }: Pick<Bridge, 'addresses' | 'mtu'>): NetlinkMessage[] {
  return [
    ...addresses.map((cidr) => newAddress(index, cidr, "the containers' gateway")),
    // One that it was born with would follow those of the interfaces on it.
    linkUp(index, 'all is ready for containers', mtu),
  ];
}

/** What is done within the container's namespace. Pure. */
export function planEndpoint(
  index: number,
  { addresses, gateways }: Pick<Attachment, 'addresses' | 'gateways'>,
): NetlinkMessage[] {
  return [
    ...addresses.map((cidr) => newAddress(index, cidr, "the container's address")),
    linkUp(index, 'routes need an interface that is up'),
    ...planWayOut(index, gateways),
  ];
}

function planWayOut(index: number, gateways: readonly Uint8Array[]): NetlinkMessage[] {
  return gateways.map((gateway) => newRoute({ gateway, interface: index }, 'the way to everything else'));
}

/**
 * ip-sysctl.rst ip_forward; in IPv6 the host itself then takes no router advertisements any more, unless its accept_ra is 2.
 *
 * @returns whether it had to be switched on
 */
export function switchForwardingOn(family: 4 | 6): boolean {
  const path = `/proc/sys/net/${family === 4 ? 'ipv4/ip_forward' : 'ipv6/conf/all/forwarding'}`;
  if (readFileSync(path, 'latin1').trim() !== '0') return false;
  writeFileSync(path, '1');
  return true;
}

function setBridgeOptions(name: string, options: { readonly ipv6: boolean }): void {
  // Without it packets of the host's own 127.0.0.1, redirected to a container, are dropped as martians.
  writeFileSync(`/proc/sys/net/ipv4/conf/${name}/route_localnet`, '1');
  setInterfaceOptions(name, options);
}

/** ip-sysctl.rst: an interface with IPv6 takes addresses by itself and listens to routers; one of ours does neither. */
function setInterfaceOptions(name: string, { ipv6 }: { readonly ipv6: boolean }): void {
  const folder = `/proc/sys/net/ipv6/conf/${name}`;
  // Nor does it wait to see whether somebody else has its addresses: nobody can.
  const settings = ipv6 ? { disable_ipv6: '0', accept_ra: '0', accept_dad: '0' } : { disable_ipv6: '1' };
  try {
    for (const [setting, value] of Object.entries(settings)) writeFileSync(`${folder}/${setting}`, value);
  } catch (error) {
    // A kernel without IPv6 has no such files.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    if (!ipv6) return;
    throw new GockerError('IPV6_MISSING', `cannot give interface "${name}" an IPv6 address: this kernel has no IPv6`, {
      cause: error,
      hint: 'Take a network without IPv6, or boot without ipv6.disable=1.',
    });
  }
}

/** Whether br_netfilter hands what is switched to the rules of what is routed: ip-sysctl.rst bridge-nf-call-iptables. */
function isBridgeFiltered(): boolean {
  try {
    return readFileSync('/proc/sys/net/bridge/bridge-nf-call-iptables', 'latin1').trim() === '1';
  } catch {
    return false;
  }
}
