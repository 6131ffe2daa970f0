/** What `inspect` tells of a container's networks and ports, with docker's keys. */
import type { EngineContext } from '../context.ts';
import type { EndpointRequest } from '../networks/endpoint-request.ts';
import type { Endpoint } from '../networks/member.ts';
import { memberOf } from '../networks/members.ts';
import type { NetworkRecord } from '../networks/network-record.ts';
import { NetworkStore } from '../networks/network-store.ts';
import { formatPort, type PortMapping } from '../networks/ports/port-mapping.ts';
import type { ContainerRecord } from './record.ts';

const nowhere = {
  EndpointID: '',
  Gateway: '',
  IPAddress: '',
  IPPrefixLen: 0,
  IPv6Gateway: '',
  GlobalIPv6Address: '',
  GlobalIPv6PrefixLen: 0,
};

const nothing = {
  IPAMConfig: null,
  Links: null,
  Aliases: null,
  MacAddress: '',
  DriverOpts: null,
  GwPriority: 0,
  NetworkID: '',
  ...nowhere,
  DNSNames: null,
};

/** Of one that shares another's there is nothing, as with docker. */
export function inspectNetwork(context: EngineContext, record: ContainerRecord): Readonly<Record<string, unknown>> {
  const { namespaces, networks = [] } = record;
  const mode = namespaces?.network ?? 'none';
  const member = networks.length === 0 ? undefined : memberOf(context, record.id);
  const store = new NetworkStore(context.directories.root);
  const views = networks.map((request) => {
    const network = store.get(request.network);
    const endpoint = member?.endpoints.find((one) => one.network === request.network);
    return [network?.name ?? request.network.slice(0, 12), endpointView(request, network, endpoint)] as const;
  });
  const isOwn = mode !== 'none' && mode !== 'host' && !mode.startsWith('container:');
  const first = views.find(([name]) => name === 'bridge')?.[1];
  const { EndpointID, Gateway, IPAddress, IPPrefixLen, IPv6Gateway, GlobalIPv6Address, GlobalIPv6PrefixLen } =
    first ?? nowhere;
  return {
    Bridge: '',
    SandboxID: '',
    SandboxKey: '',
    Ports: isOwn ? portsView(record, member?.ports) : {},
    HairpinMode: false,
    LinkLocalIPv6Address: '',
    LinkLocalIPv6PrefixLen: 0,
    SecondaryIPAddresses: null,
    SecondaryIPv6Addresses: null,
    EndpointID,
    Gateway,
    GlobalIPv6Address,
    GlobalIPv6PrefixLen,
    IPAddress,
    IPPrefixLen,
    IPv6Gateway,
    MacAddress: first?.MacAddress ?? '',
    Networks: isOwn ? Object.fromEntries(views) : mode.startsWith('container:') ? {} : { [mode]: nothing },
  };
}

/** HostConfig's part. */
export function inspectPortBindings({ ports = [], publishAllPorts }: ContainerRecord) {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const mapping of ports) {
    bindings[formatPort(mapping)] = [
      ...(bindings[formatPort(mapping)] ?? []),
      { HostIp: mapping.hostIP, HostPort: hostPorts(mapping) },
    ];
  }
  return { PortBindings: bindings, PublishAllPorts: publishAllPorts === true };
}

function hostPorts({ hostPort, hostPortEnd }: PortMapping): string {
  if (hostPort === 0) return '';
  return hostPortEnd === undefined ? `${hostPort}` : `${hostPort}-${hostPortEnd}`;
}

function portsView({ exposedPorts = [] }: ContainerRecord, published: readonly Published[] | undefined) {
  if (published === undefined) return {};
  const view: Record<string, { HostIp: string; HostPort: string }[] | null> = Object.fromEntries(
    exposedPorts.map((port) => [port, null]),
  );
  for (const port of published) {
    const key = formatPort(port);
    view[key] = [...(view[key] ?? []), { HostIp: port.hostIP, HostPort: `${port.hostPort}` }];
  }
  return view;
}

type Published = Pick<PortMapping, 'hostIP' | 'hostPort' | 'containerPort' | 'protocol'>;

function endpointView(request: EndpointRequest, network: NetworkRecord | undefined, endpoint: Endpoint | undefined) {
  const { aliases, ip, ip6 } = request;
  const of = (mark: '.' | ':') => {
    const [address = '', bits = '0'] = (endpoint?.addresses.find((one) => one.includes(mark)) ?? '').split('/');
    const gateway =
      endpoint === undefined ? '' : (network?.subnets.find(({ subnet }) => subnet.includes(mark))?.gateway ?? '');
    return { address, bits: address === '' ? 0 : Number(bits), gateway };
  };
  const [v4, v6] = [of('.'), of(':')];
  const isAsked = ip !== undefined || ip6 !== undefined;
  return {
    ...nothing,
    IPAMConfig: isAsked
      ? { ...(ip === undefined ? {} : { IPv4Address: ip }), ...(ip6 === undefined ? {} : { IPv6Address: ip6 }) }
      : null,
    Aliases: aliases ?? null,
    MacAddress: endpoint?.mac ?? '',
    NetworkID: request.network,
    EndpointID: endpoint?.id ?? '',
    Gateway: v4.gateway,
    IPAddress: v4.address,
    IPPrefixLen: v4.bits,
    IPv6Gateway: v6.gateway,
    GlobalIPv6Address: v6.address,
    GlobalIPv6PrefixLen: v6.bits,
    DNSNames: endpoint === undefined || endpoint.names.length === 0 ? null : endpoint.names,
  };
}
