/** What the kernel has of networks and of who is on them: within withMembers() alone. */
import { existsSync } from 'node:fs';
import { GockerError } from '../../errors/index.ts';
import {
  Firewall,
  foreignDrops,
  forgetUDP,
  type Link,
  NetworkHost,
  parseAddress,
  switchForwardingOn,
} from '../../runtime/index.ts';
import type { PlayedCall } from '../../syscall/index.ts';
import { sharedMark } from '../containers/shared-network.ts';
import type { EngineContext } from '../context.ts';
import { recordNetworkEvent } from '../events/subjects.ts';
import type { Endpoint, Member } from './member.ts';
import type { Members } from './members.ts';
import { tableOf } from './names-of-root.ts';
import { greet, meet, part, takeLeave, writeHosts } from './neighbours.ts';
import type { NetworkRecord } from './network-record.ts';
import type { NetworkStore } from './network-store.ts';
import { allRules, bridgeFor, redirections, rulesFor, withPrefixOf } from './rules.ts';

/** Opens what it needs when it first needs it. */
export class KernelSide implements Disposable {
  readonly #context: EngineContext;
  readonly #store: NetworkStore;
  readonly #members: Members;
  /** What it has changed. */
  readonly calls: PlayedCall[] = [];
  #host: NetworkHost | undefined;
  #firewall: Firewall | undefined;

  constructor(context: EngineContext, { store, members }: { store: NetworkStore; members: Members }) {
    this.#context = context;
    this.#store = store;
    this.#members = members;
  }

  /** Its bridge is there, and packets go where they should. @throws GockerError `BRIDGE_TAKEN` */
  ensure(network: NetworkRecord): void {
    const host = this.#networkHost();
    const there = host.link({ name: network.bridge });
    if (there !== undefined && !isOurs(network, there)) throw notOurs(network);
    if (there !== undefined) this.#clearStale(there.index);
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
    const isNew = this.#rules().add(news, () => allRules(this.#store.list(), this.#members.living));
    if (isNew) this.#tellOfOthers(networks);
    forgetUDP(udpPorts(member));
  }

  /** Once a boot, or whenever somebody has flushed our rules. */
  #tellOfOthers(networks: readonly NetworkRecord[]): void {
    for (const { family, table, chain } of foreignDrops(tableOf(this.#context.directories.root))) {
      const rules = networks.flatMap(({ bridge }) =>
        ['iifname', 'oifname'].map((way) => `nft insert rule ${family} ${table} ${chain} ${way} ${bridge} accept`),
      );
      this.#context.warn(
        `chain "${chain}" of table "${family} ${table}", which is not ours, drops forwarded packets: containers may reach nothing outside, and not be reached; let them: ${rules.join('; ')}`,
      );
    }
  }

  /** It and its neighbours know each other's names. */
  introduce(member: Member): void {
    const others = this.#others(member);
    writeHosts(this.#context, member, others);
    greet(this.#context, member, others);
  }

  /** @param member undefined: nothing is to be done */
  clear(member: Member | undefined): void {
    if (member === undefined) return;
    const networks = this.#store.list();
    const ports = redirections(member, networks);
    if (ports.length > 0) this.#rules().unpublish(ports);
    forgetUDP(udpPorts(member));
    takeLeave(this.#context, member, this.#members.living);
    // They go with the container's network namespace, a moment after its last process; unless another container shares that.
    if (existsSync(sharedMark(this.#context.containers.directory(member.id)))) {
      this.detach(member);
    }
    this.#members.remove(member.id);
    for (const network of networks) {
      const isOn = member.endpoints.some((endpoint) => endpoint.network === network.id);
      if (isOn) recordNetworkEvent(this.#context, 'disconnect', network, member.id);
    }
  }

  /** Its cables alone. Idempotent. */
  detach({ endpoints }: Member): void {
    for (const { hostInterface } of endpoints) this.#networkHost().detach(hostInterface);
  }

  clearDead(): void {
    for (const member of this.#members.dead) this.clear(member);
  }

  /** A container that runs comes to one more network. As it was where it throws. */
  come(member: Member, { endpoint, network }: { readonly endpoint: Endpoint; readonly network: NetworkRecord }): void {
    const grown = { ...member, endpoints: [...member.endpoints, endpoint] };
    this.#members.put(grown);
    try {
      this.ensure(network);
      const networks = this.#store.list();
      const isFirst = !member.endpoints.some(
        (one) => networks.find(({ id }) => id === one.network)?.internal === false,
      );
      this.attach(member.process.pid, { endpoint, network, isFirst });
      this.#rules().add({ networks: [rulesFor(network)], ports: redirections(grown, networks) }, () =>
        allRules(networks, this.#members.living),
      );
      const alone = { ...member, endpoints: [endpoint] };
      const others = this.#others(member);
      meet(this.#context, alone, others);
      greet(this.#context, alone, others);
    } catch (error) {
      this.#networkHost().detach(endpoint.hostInterface);
      this.#members.put(member);
      throw error;
    }
  }

  /** And goes from one. */
  leave(member: Member, network: NetworkRecord): void {
    const going = member.endpoints.filter((endpoint) => endpoint.network === network.id);
    const left = { ...member, endpoints: member.endpoints.filter((endpoint) => endpoint.network !== network.id) };
    const networks = this.#store.list();
    const [before, after] = [redirections(member, networks), redirections(left, networks)];
    this.#rules().unpublish(
      before.filter((port) => !after.some((other) => JSON.stringify(other) === JSON.stringify(port))),
    );
    const alone = { ...member, endpoints: going };
    const others = this.#others(member);
    part(this.#context, alone, others);
    takeLeave(this.#context, alone, others);
    for (const { hostInterface } of going) this.#networkHost().detach(hostInterface);
    this.#members.put(left);
    this.#leadOut({ before: member, after: left }, networks);
    // Its ports may lead to another of its addresses now.
    this.#rules().add({ networks: [], ports: after }, () => allRules(networks, this.#members.living));
  }

  /** The rules anew, for what there is. */
  rebuild(): void {
    const networks = this.#store.list();
    this.#rules().rebuild(allRules(networks, this.#members.living));
    for (const { bridge } of networks) {
      const there = this.#networkHost().link({ name: bridge });
      if (there !== undefined) this.#clearStale(there.index);
    }
  }

  /** Of all networks, where nobody is on any. */
  takeDownAll(): void {
    this.#rules().forgetTable();
    for (const network of this.#store.list()) this.#removeBridge(network);
  }

  /** Bridge and rules of a network that nobody is on. Idempotent. */
  takeDown(network: NetworkRecord): void {
    this.#rules().forgetNetwork(rulesFor(network));
    this.#removeBridge(network);
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

  /** What led out of a container may have gone with the network that it left; the next of those that are not internal takes over. */
  #leadOut({ before, after }: Record<'before' | 'after', Member>, networks: readonly NetworkRecord[]): void {
    const wayOut = ({ endpoints }: Member) =>
      endpoints.flatMap((endpoint) => {
        const network = networks.find(({ id, internal }) => id === endpoint.network && !internal);
        return network === undefined ? [] : [{ endpoint, network }];
      })[0];
    const [former, next] = [wayOut(before), wayOut(after)];
    if (next === undefined || former?.endpoint.id === next.endpoint.id) return;
    const gateways = next.network.subnets.flatMap(({ gateway }) => parseAddress(gateway) ?? []);
    try {
      this.#networkHost().leadOut(before.process.pid, { name: next.endpoint.interface, gateways });
    } catch (error) {
      // It has ended meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }

  /** Cables of containers that are gone, whose namespace the kernel, or somebody who looks into it, still has: with their addresses. */
  #clearStale(bridge: number): void {
    const known = new Set(this.#members.living.flatMap(({ endpoints }) => endpoints.map((one) => one.hostInterface)));
    const host = this.#networkHost();
    for (const { name } of host.plugged(bridge)) {
      if (/^gk[0-9a-f]{11}$/.test(name) && !known.has(name)) host.detach(name);
    }
  }

  /** Of an interface that somebody else has made under its name we keep our hands. */
  #removeBridge(network: NetworkRecord): void {
    const host = this.#networkHost();
    const there = host.link({ name: network.bridge });
    if (there !== undefined && isOurs(network, there)) host.removeBridge(network.bridge);
  }

  #others(member: Member): readonly Member[] {
    return this.#members.living.filter(({ id }) => id !== member.id);
  }

  #networkHost(): NetworkHost {
    this.#host ??= NetworkHost.open(this.calls);
    return this.#host;
  }

  #rules(): Firewall {
    this.#firewall ??= Firewall.open(tableOf(this.#context.directories.root), this.calls);
    return this.#firewall;
  }
}

/** A bridge of ours is born with the hardware address of its network's gateway. */
function isOurs(network: NetworkRecord, { mac, mtu }: Pick<Link, 'mac' | 'mtu'>): boolean {
  return mac === bridgeFor(network, mtu).mac;
}

function notOurs({ name, bridge }: NetworkRecord): GockerError {
  return new GockerError(
    'BRIDGE_TAKEN',
    `cannot set up network "${name}": there is an interface "${bridge}" that is not its bridge`,
    { hint: `Remove that interface (ip link delete ${bridge}), or make the network anew with another bridge.` },
  );
}

function udpPorts({ ports }: Member): ReadonlySet<number> {
  return new Set(ports.filter(({ protocol }) => protocol === 'udp').map(({ hostPort }) => hostPort));
}
