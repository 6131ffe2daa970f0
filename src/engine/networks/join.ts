/** A container's first process comes to its networks: addresses, cables, rules, names. And it goes. */
import {
  Firewall,
  forgetUDP,
  formatCIDR,
  NetworkHost,
  type ProcessIdentity,
  parseAddress,
  switchForwardingOn,
} from '../../runtime/index.ts';
import { randomBytes } from '../containers/random.ts';
import type { ContainerRecord } from '../containers/record.ts';
import type { EngineContext } from '../context.ts';
import { chooseAddress } from './choose-address.ts';
import type { EndpointRequest } from './endpoint-request.ts';
import { macFor } from './mac.ts';
import type { Endpoint, Member, PublishedPort } from './member.ts';
import { type Members, withMembers } from './members.ts';
import { tableOf } from './names-of-root.ts';
import { greet, takeLeave, writeHosts } from './neighbours.ts';
import type { NetworkRecord } from './network-record.ts';
import { NetworkStore, noSuchNetwork } from './network-store.ts';
import { allRules, bridgeFor, redirections, rulesFor, withPrefixOf } from './rules.ts';

export interface Joining {
  readonly record: ContainerRecord;
  /** The container's first. */
  readonly process: ProcessIdentity;
  /** One that is in the container's network namespace already. */
  readonly waiting: number;
  readonly ports: readonly PublishedPort[];
}

/**
 * Nothing is left where it rejects.
 *
 * @throws GockerError `NETWORK_NOT_FOUND`, `ADDRESS_TAKEN`, `ADDRESS_OUTSIDE`, `SUBNET_FULL`; NetlinkError
 */
export async function joinNetworks(context: EngineContext, joining: Joining): Promise<Member> {
  const { record, process, waiting, ports } = joining;
  return await withMembers(context, (members) => {
    const store = new NetworkStore(context.directories.root);
    const wanted = (record.networks ?? []).map((request) => ({ request, network: known(store, request) }));
    using kernel = new KernelSide(context, { store, members });
    kernel.clearDead();
    // A launch that is tried again has joined before.
    kernel.clear(members.of(record.id));
    const endpoints = wanted.map(({ request, network }, index) =>
      chooseEndpoint(network, { request, members, index, record }),
    );
    const member: Member = { id: record.id, name: record.name, process, endpoints, ports };
    // Before there is anything of it: who finds it dead clears up what there may be.
    members.put(member);
    try {
      for (const { network } of wanted) kernel.ensure(network);
      for (const [index, { network }] of wanted.entries()) {
        const endpoint = endpoints[index];
        if (endpoint !== undefined) kernel.attach(waiting, { endpoint, network, isFirst: index === 0 });
      }
      kernel.publish(
        member,
        wanted.map(({ network }) => network),
      );
      kernel.introduce(member);
    } catch (error) {
      kernel.clear(member);
      throw error;
    }
    return member;
  });
}

/** What a container has of networks goes, and what is left of others that were killed. Idempotent. */
export async function leaveNetworks(context: EngineContext, container: string): Promise<void> {
  await withMembers(context, (members) => {
    using kernel = new KernelSide(context, { store: new NetworkStore(context.directories.root), members });
    kernel.clear(members.of(container));
    kernel.clearDead();
  });
}

/** Opens what it needs when it first needs it. */
export class KernelSide implements Disposable {
  readonly #context: EngineContext;
  readonly #store: NetworkStore;
  readonly #members: Members;
  #host: NetworkHost | undefined;
  #firewall: Firewall | undefined;

  constructor(context: EngineContext, { store, members }: { store: NetworkStore; members: Members }) {
    this.#context = context;
    this.#store = store;
    this.#members = members;
  }

  /** Its bridge is there, and packets go where they should. */
  ensure(network: NetworkRecord): void {
    const host = this.#networkHost();
    const there = host.link({ name: network.bridge });
    if (there?.isUp === true) host.ensureBridge(bridgeFor(network, there.mtu));
    else host.ensureBridge(bridgeFor(network, network.mtu ?? host.uplink()?.mtu ?? 1500));
    if (!network.internal) this.#forward(network);
  }

  attach(
    pid: number,
    { endpoint, network, isFirst }: { endpoint: Endpoint; network: NetworkRecord; isFirst: boolean },
  ): void {
    const host = this.#networkHost();
    const { hostInterface: hostName, interface: name, mac, addresses } = endpoint;
    const gateways =
      isFirst && !network.internal ? network.subnets.flatMap(({ gateway }) => parseAddress(gateway) ?? []) : [];
    host.attach(pid, {
      bridge: network.bridge,
      hostName,
      name,
      mac,
      mtu: host.link({ name: network.bridge })?.mtu ?? 1500,
      addresses: addresses.flatMap((text) => withPrefixOf(text, text.replace(/\/.*$/, ''))),
      gateways,
    });
  }

  publish(member: Member, networks: readonly NetworkRecord[]): void {
    const news = { networks: networks.map(rulesFor), ports: redirections(member, networks) };
    this.#rules().add(news, () => allRules(this.#store.list(), this.#members.living));
    forgetUDP(udpPorts(member));
  }

  /** It and its neighbours know each other's names. */
  introduce(member: Member): void {
    const others = this.#members.living.filter(({ id }) => id !== member.id);
    writeHosts(this.#context, member, others);
    greet(this.#context, member, others);
  }

  /** @param member undefined: nothing is to be done */
  clear(member: Member | undefined): void {
    if (member === undefined) return;
    const ports = redirections(member, this.#store.list());
    if (ports.length > 0) this.#rules().unpublish(ports);
    forgetUDP(udpPorts(member));
    takeLeave(this.#context, member, this.#members.living);
    // It outlives the container where another shares its network.
    for (const { hostInterface } of member.endpoints) this.#networkHost().detach(hostInterface);
    this.#members.remove(member.id);
  }

  clearDead(): void {
    for (const member of this.#members.dead) this.clear(member);
  }

  /** Bridge and rules of a network that nobody is on. Idempotent. */
  takeDown(network: NetworkRecord): void {
    this.#rules().forgetNetwork(rulesFor(network));
    this.#networkHost().removeBridge(network.bridge);
  }

  [Symbol.dispose](): void {
    this.#host?.[Symbol.dispose]();
    this.#firewall?.[Symbol.dispose]();
  }

  #forward({ name, subnets }: NetworkRecord): void {
    const families = new Set(subnets.map(({ subnet }) => (subnet.includes(':') ? 6 : 4)));
    for (const family of families) {
      if (!switchForwardingOn(family)) continue;
      const setting = family === 4 ? 'net.ipv4.ip_forward' : 'net.ipv6.conf.all.forwarding';
      this.#context.warn(`${setting} was 0 and is 1 now: network "${name}" needs this host to forward packets`);
    }
  }

  #networkHost(): NetworkHost {
    this.#host ??= NetworkHost.open();
    return this.#host;
  }

  #rules(): Firewall {
    this.#firewall ??= Firewall.open(tableOf(this.#context.directories.root));
    return this.#firewall;
  }
}

function udpPorts({ ports }: Member): ReadonlySet<number> {
  return new Set(ports.filter(({ protocol }) => protocol === 'udp').map(({ hostPort }) => hostPort));
}

function known(store: NetworkStore, { network }: EndpointRequest): NetworkRecord {
  const record = store.get(network);
  if (record === undefined) throw noSuchNetwork(network.slice(0, 12));
  return record;
}

interface EndpointFacts {
  readonly request: EndpointRequest;
  readonly members: Members;
  readonly index: number;
  readonly record: ContainerRecord;
}

function chooseEndpoint(network: NetworkRecord, { request, members, index, record }: EndpointFacts): Endpoint {
  const others = members.living.flatMap(({ endpoints }) => endpoints.filter((one) => one.network === network.id));
  const taken = new Set(others.flatMap(({ addresses }) => addresses.map((cidr) => cidr.replace(/\/.*$/, ''))));
  const chosen = network.subnets.map((subnet) => {
    const asked = subnet.subnet.includes(':') ? request.ip6 : request.ip;
    return { subnet, address: chooseAddress({ subnet, taken, asked, network: network.name }) };
  });
  const [first] = chosen;
  const names = [record.name, record.id.slice(0, 12), ...(request.aliases ?? [])];
  return {
    id: randomBytes(32).toString('hex'),
    network: network.id,
    interface: `eth${index}`,
    hostInterface: `gk${randomBytes(6).toString('hex').slice(0, 11)}`,
    mac: request.mac ?? macFor(network.id, first?.address ?? ''),
    addresses: chosen.flatMap(({ subnet, address }) => withPrefixOf(subnet.subnet, address).map(formatCIDR)),
    names: network.name === 'bridge' ? [] : [...new Set(names)],
  };
}
