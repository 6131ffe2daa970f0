/** `network ls` and `network inspect`, with docker's keys. */
import type { EngineContext } from '../context.ts';
import type { NetworkDetails, NetworkFilters } from '../options/network-options.ts';
import { defaultNetwork } from './default-network.ts';
import type { Member } from './member.ts';
import { readMembers } from './members.ts';
import type { NetworkRecord } from './network-record.ts';
import { NetworkStore, noSuchNetwork } from './network-store.ts';

/** By name. */
export async function listNetworks(
  context: EngineContext,
  filters: NetworkFilters = {},
): Promise<readonly NetworkDetails[]> {
  const all = await everyNetwork(context);
  const used = new Set(
    context.containers.list(() => {}).flatMap(({ networks = [] }) => networks.map(({ network }) => network)),
  );
  return all.filter((network) => matches(network, filters, used)).sort((a, b) => (a.Name < b.Name ? -1 : 1));
}

/** @throws GockerError `NETWORK_NOT_FOUND`, `NETWORK_AMBIGUOUS` */
export async function inspectNetworkByName(context: EngineContext, text: string): Promise<NetworkDetails> {
  const special = without.find(({ Name, Id }) => Name === text || Id === text);
  if (special !== undefined) return special;
  if (text === 'bridge') await defaultNetwork(context);
  const found = new NetworkStore(context.directories.root).find(text);
  if (found === undefined) throw noSuchNetwork(text);
  return detailsOf(found, readMembers(context));
}

async function everyNetwork(context: EngineContext): Promise<NetworkDetails[]> {
  await defaultNetwork(context);
  const members = readMembers(context);
  return [...new NetworkStore(context.directories.root).list().map((one) => detailsOf(one, members)), ...without];
}

export function matchesLabels(labels: Readonly<Record<string, string>>, wanted: readonly string[]): boolean {
  return wanted.every((label) => {
    const equals = label.indexOf('=');
    return equals < 0 ? Object.hasOwn(labels, label) : labels[label.slice(0, equals)] === label.slice(equals + 1);
  });
}

function matches(network: NetworkDetails, filters: NetworkFilters, used: ReadonlySet<string>): boolean {
  const { ids = [], names = [], drivers = [], scopes = [], labels = [], type, dangling } = filters;
  const isBuiltin = ['bridge', 'host', 'none'].includes(network.Name);
  const any = (values: readonly string[], test: (value: string) => boolean) => values.length === 0 || values.some(test);
  return (
    any(ids, (id) => network.Id.startsWith(id)) &&
    any(names, (name) => network.Name.includes(name)) &&
    any(drivers, (driver) => network.Driver === driver) &&
    any(scopes, (scope) => network.Scope === scope) &&
    matchesLabels(network.Labels, labels) &&
    (type === undefined || (type === 'builtin') === isBuiltin) &&
    (dangling === undefined || (!isBuiltin && !used.has(network.Id)) === dangling)
  );
}

function detailsOf(network: NetworkRecord, members: readonly Member[]): NetworkDetails {
  const { id, name, created, subnets, internal, labels, options } = network;
  const containers = members.flatMap((member) =>
    member.endpoints.filter((endpoint) => endpoint.network === id).map((endpoint) => [member, endpoint] as const),
  );
  return {
    Name: name,
    Id: id,
    Created: created,
    Scope: 'local',
    Driver: 'bridge',
    EnableIPv4: true,
    EnableIPv6: subnets.some(({ subnet }) => subnet.includes(':')),
    IPAM: {
      Driver: 'default',
      Options: {},
      Config: subnets.map(({ subnet, gateway, range }) => ({
        Subnet: subnet,
        ...(range === undefined ? {} : { IPRange: range }),
        Gateway: gateway,
      })),
    },
    Internal: internal,
    Attachable: false,
    Ingress: false,
    ConfigFrom: { Network: '' },
    ConfigOnly: false,
    Containers: Object.fromEntries(
      containers.map(([member, endpoint]) => [
        member.id,
        {
          Name: member.name,
          EndpointID: endpoint.id,
          MacAddress: endpoint.mac,
          IPv4Address: endpoint.addresses.find((address) => !address.includes(':')) ?? '',
          IPv6Address: endpoint.addresses.find((address) => address.includes(':')) ?? '',
        },
      ]),
    ),
    Options: options,
    Labels: labels,
  };
}

/** Those that are no networks of ours, as docker lists them: an id that is always the same stands for each. */
const without: readonly NetworkDetails[] = (['host', 'none'] as const).map((name) => ({
  Name: name,
  Id: Buffer.from(name).toString('hex').padEnd(64, '0'),
  Created: '1970-01-01T00:00:00Z',
  Scope: 'local',
  Driver: name === 'host' ? 'host' : 'null',
  EnableIPv4: true,
  EnableIPv6: false,
  IPAM: { Driver: 'default', Options: {}, Config: [] },
  Internal: false,
  Attachable: false,
  Ingress: false,
  ConfigFrom: { Network: '' },
  ConfigOnly: false,
  Containers: {},
  Options: {},
  Labels: {},
}));
