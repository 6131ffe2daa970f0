/** What there is at the moment: networks and published ports, as elements of the ruleset's sets. Pure. */
import { addressAt, type CIDR, formatCIDR, networkOf, sizeOf } from '../cidr.ts';
import { parseAddress } from '../ip-address.ts';
import type { NetlinkMessage } from '../netlink/message.ts';
import { addElements, deleteElements, type Element, interfaceName, port as portBytes } from './objects.ts';
import { sets } from './ruleset.ts';

export interface NetworkRules {
  readonly bridge: string;
  readonly subnets: readonly CIDR[];
  readonly internal: boolean;
}

export interface Redirection {
  /** `0.0.0.0`, `::`, or an address of the host. */
  readonly hostIP: string;
  readonly hostPort: number;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  /** Of the container, of the same family. */
  readonly address: string;
  readonly port: number;
}

/** Those that are there stay. */
export function planNetworks(table: string, networks: readonly NetworkRules[]): NetlinkMessage[] {
  return networks.flatMap((network) =>
    elementsOfNetwork(network).map(([set, element]) =>
      addElements(table, set, { elements: [element], why: `network ${network.bridge}` }),
    ),
  );
}

/** All of it has to be there. */
export function planForgetNetwork(table: string, network: NetworkRules): NetlinkMessage[] {
  return elementsOfNetwork(network).map(([set, element]) =>
    deleteElements(table, set, { elements: [element], why: `network ${network.bridge} is removed` }),
  );
}

export function planPublish(table: string, ports: readonly Redirection[]): NetlinkMessage[] {
  return ports.map((port) => addElements(table, setOf(port), { elements: [elementOf(port)], why: words(port) }));
}

/** Each has to be there. */
export function planUnpublish(table: string, ports: readonly Redirection[]): NetlinkMessage[] {
  return ports.map((port) =>
    deleteElements(table, setOf(port), { elements: [elementOf(port)], why: `no more ${words(port)}` }),
  );
}

function elementsOfNetwork({ bridge, subnets, internal }: NetworkRules): [set: string, element: Element][] {
  const name = interfaceName(bridge);
  return [
    [sets.bridges, { key: [name], words: bridge }],
    [sets.same, { key: [name, name], words: `${bridge}.${bridge}` }],
    ...subnets.map((subnet): [string, Element] => {
      const last = addressAt(subnet, sizeOf(subnet) - 1n);
      const first = networkOf(subnet).address;
      const words = `${formatCIDR(subnet)}.${formatCIDR(subnet)}`;
      const set = first.length === 4 ? sets.within4 : sets.within6;
      return [set, { key: [first, first], keyEnd: [last, last], words }];
    }),
    ...(internal ? [[sets.internal, { key: [name], words: bridge }] satisfies [string, Element]] : []),
  ];
}

/** linux/in.h */
const protocols = { tcp: 6, udp: 17, sctp: 132 } as const;

function setOf(port: Redirection): string {
  const isIPv6 = port.address.includes(':');
  if (isEveryAddress(port)) return isIPv6 ? sets.any6 : sets.any4;
  return isIPv6 ? sets.bound6 : sets.bound4;
}

function elementOf(port: Redirection): Element {
  const { hostIP, hostPort, protocol, address } = port;
  const key = [Uint8Array.of(protocols[protocol]), portBytes(hostPort)];
  return {
    key: isEveryAddress(port) ? key : [bytesOf(hostIP), ...key],
    data: [bytesOf(address), portBytes(port.port)],
    words: words(port),
  };
}

function isEveryAddress({ hostIP }: Redirection): boolean {
  return hostIP === '0.0.0.0' || hostIP === '::';
}

function words({ hostIP, hostPort, protocol, address, port }: Redirection): string {
  return `${bracketed(hostIP)}:${hostPort}/${protocol} -> ${bracketed(address)}:${port}`;
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

function bytesOf(text: string): Uint8Array {
  const bytes = parseAddress(text);
  if (bytes === undefined) throw new TypeError(`"${text}" is no address`);
  return bytes;
}
