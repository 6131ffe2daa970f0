/** A container's interface on a network, before it is there. */
import { formatCIDR } from '../../runtime/index.ts';
import { randomBytes } from '../containers/random.ts';
import type { ContainerRecord } from '../containers/record.ts';
import { chooseAddress } from './choose-address.ts';
import type { EndpointRequest } from './endpoint-request.ts';
import { macFor } from './mac.ts';
import type { Endpoint } from './member.ts';
import type { Members } from './members.ts';
import type { NetworkRecord } from './network-record.ts';
import { withPrefixOf } from './rules.ts';

export interface EndpointFacts {
  readonly request: EndpointRequest;
  readonly members: Members;
  readonly index: number;
  readonly record: Pick<ContainerRecord, 'id' | 'name'>;
}

/** @throws GockerError `ADDRESS_TAKEN`, `ADDRESS_OUTSIDE`, `ADDRESS_INVALID`, `SUBNET_FULL` */
export function chooseEndpoint(network: NetworkRecord, { request, members, index, record }: EndpointFacts): Endpoint {
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
