/** A network as `inspect` shows it, with docker's keys. Pure. */
import type { NetworkContainer, NetworkDetails } from '../options/network-options.ts';
import type { Member } from './member.ts';
import type { NetworkRecord } from './network-record.ts';

/** What docker's networks can be, and none here is. */
const never = { Attachable: false, Ingress: false, ConfigFrom: { Network: '' }, ConfigOnly: false } as const;

/** @param members those that live, on whatever networks */
export function detailsOf(network: NetworkRecord, members: readonly Member[]): NetworkDetails {
  const isDefault = network.name === 'bridge';
  return {
    Name: network.name,
    Id: network.id,
    Created: network.created,
    Scope: 'local',
    Driver: 'bridge',
    EnableIPv4: true,
    EnableIPv6: network.ipv6,
    IPAM: {
      Driver: 'default',
      Options: isDefault ? null : {},
      Config: network.subnets.map(({ subnet, gateway, range }) => ({
        Subnet: subnet,
        ...(range === undefined ? {} : { IPRange: range }),
        Gateway: gateway,
      })),
    },
    Internal: network.internal,
    ...never,
    Containers: containersOn(network, members),
    Options: isDefault ? defaultOptions(network) : network.options,
    Labels: network.labels,
  };
}

/** Those networks that are none: a container has the host's, or nothing. */
export interface Predefined {
  readonly name: 'host' | 'none';
  readonly id: string;
  readonly created: string;
  /** Those that run, by id. */
  readonly containers: readonly { readonly id: string; readonly name: string }[];
}

export function predefinedDetails({ name, id, created, containers }: Predefined): NetworkDetails {
  const without = { EndpointID: '', MacAddress: '', IPv4Address: '', IPv6Address: '' };
  return {
    Name: name,
    Id: id,
    Created: created,
    Scope: 'local',
    Driver: name === 'host' ? 'host' : 'null',
    EnableIPv4: true,
    EnableIPv6: false,
    IPAM: { Driver: 'default', Options: null, Config: null },
    Internal: false,
    ...never,
    Containers: Object.fromEntries(containers.map((one) => [one.id, { Name: one.name, ...without }])),
    Options: {},
    Labels: {},
  };
}

function containersOn({ id }: NetworkRecord, members: readonly Member[]): Record<string, NetworkContainer> {
  const found = members.flatMap((member) =>
    member.endpoints
      .filter(({ network }) => network === id)
      .map((endpoint): [string, NetworkContainer] => [
        member.id,
        {
          Name: member.name,
          EndpointID: endpoint.id,
          MacAddress: endpoint.mac,
          IPv4Address: endpoint.addresses.find((address) => !address.includes(':')) ?? '',
          IPv6Address: endpoint.addresses.find((address) => address.includes(':')) ?? '',
        },
      ]),
  );
  return Object.fromEntries(found);
}

function defaultOptions({ bridge }: NetworkRecord): Record<string, string> {
  return {
    'com.docker.network.bridge.default_bridge': 'true',
    'com.docker.network.bridge.enable_icc': 'true',
    'com.docker.network.bridge.enable_ip_masquerade': 'true',
    'com.docker.network.bridge.host_binding_ipv4': '0.0.0.0',
    'com.docker.network.bridge.name': bridge,
  };
}
