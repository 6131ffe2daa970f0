/** From networks and who is on them to what the kernel is to be told. Pure. */
import {
  type Bridge,
  type CIDR,
  type NetworkRules,
  parseAddress,
  parseCIDR,
  type Redirection,
  type Rules,
} from '../../runtime/index.ts';
import { macFor } from './mac.ts';
import type { Member } from './member.ts';
import type { NetworkRecord } from './network-record.ts';

export function bridgeFor({ id, bridge: name, subnets }: NetworkRecord, mtu: number): Bridge {
  const addresses = subnets.flatMap(({ subnet, gateway }) => withPrefixOf(subnet, gateway));
  return { name, mac: macFor(id, subnets[0]?.gateway ?? ''), mtu, addresses };
}

/** `gateway` as an address of an interface in `subnet`. */
export function withPrefixOf(subnet: string, address: string): CIDR[] {
  const [bytes, cidr] = [parseAddress(address), parseCIDR(subnet)];
  return bytes === undefined || cidr === undefined ? [] : [{ address: bytes, bits: cidr.bits }];
}

export function rulesFor({ bridge, internal, subnets }: NetworkRecord): NetworkRules {
  return { bridge, internal, subnets: subnets.flatMap(({ subnet }) => parseCIDR(subnet) ?? []) };
}

/** Its ports lead to the first of its addresses of their family that is reachable from outside. */
export function redirections({ ports, endpoints }: Member, networks: readonly NetworkRecord[]): Redirection[] {
  const isInternal = (network: string) => networks.find(({ id }) => id === network)?.internal === true;
  const addresses = endpoints
    .filter(({ network }) => !isInternal(network))
    .flatMap((endpoint) => endpoint.addresses.map((cidr) => cidr.replace(/\/.*$/, '')));
  return ports.flatMap(({ hostIP, hostPort, containerPort, protocol }) => {
    const address = addresses.find((one) => one.includes(':') === hostIP.includes(':'));
    return address === undefined ? [] : [{ hostIP, hostPort, protocol, address, port: containerPort }];
  });
}

export function allRules(networks: readonly NetworkRecord[], members: readonly Member[]): Rules {
  return {
    networks: networks.map(rulesFor),
    ports: members.flatMap((member) => redirections(member, networks)),
  };
}
