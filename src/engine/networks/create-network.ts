/** `network create` */
import { existsSync } from 'node:fs';
import { GockerError } from '../../errors/index.ts';
import {
  type CIDR,
  contains,
  formatAddress,
  formatCIDR,
  isWithin,
  NetworkHost,
  networkOf,
  overlap,
  parseAddress,
  parseCIDR,
  sizeOf,
} from '../../runtime/index.ts';
import { randomBytes } from '../containers/random.ts';
import type { EngineContext } from '../context.ts';
import { recordNetworkEvent } from '../events/subjects.ts';
import type { CreateNetworkOptions } from '../options/network-options.ts';
import { chooseIPv6Subnet, chooseSubnet } from './choose-subnet.ts';
import { firstAddress, nameservers } from './default-network.ts';
import { type DriverWishes, readDriverOptions } from './driver-options.ts';
import type { NetworkRecord, NetworkSubnet } from './network-record.ts';
import { NetworkStore, predefined } from './network-store.ts';

/**
 * Durable. The kernel hears of it when the first container joins.
 *
 * @returns its id
 * @throws GockerError `NETWORK_NAME_INVALID`, `NETWORK_EXISTS`, `NETWORK_DRIVER_UNKNOWN`, `NETWORK_OPTION_INVALID`, `SUBNET_INVALID`,
 *   `SUBNET_OVERLAPS`, `GATEWAY_OUTSIDE`, `IPV6_MISSING`, `NO_SUBNET_LEFT`
 */
export async function createNetwork(context: EngineContext, options: CreateNetworkOptions): Promise<string> {
  const { name, driver = 'bridge', internal = false, labels = {}, options: driverOptions = {} } = options;
  checkName(name);
  if (driver !== 'bridge') {
    throw new GockerError(
      'NETWORK_DRIVER_UNKNOWN',
      `cannot create network "${name}": plugin "${driver}" not found (expected bridge)`,
    );
  }
  const wishes = readDriverOptions(name, driverOptions);
  const asked = readSubnets(name, options);
  const ipv6 = options.ipv6 === true || asked.some(({ subnet }) => subnet.includes(':'));
  if (ipv6 && !existsSync('/proc/sys/net/ipv6')) {
    throw new GockerError('IPV6_MISSING', `cannot create network "${name}": the kernel has no IPv6`, {
      hint: 'Leave out --ipv6, or boot without ipv6.disable=1.',
    });
  }
  const store = new NetworkStore(context.directories.root);
  return await store.exclusively(async () => {
    if (store.list().some((network) => network.name === name)) {
      throw new GockerError(
        'NETWORK_EXISTS',
        `cannot create network "${name}": network with name ${name} already exists`,
        {
          hint: `Take another name, or remove it: gocker network rm ${name}.`,
        },
      );
    }
    const id = randomBytes(32).toString('hex');
    const subnets = completeSubnets(asked, { name, id, ipv6, store, wishes });
    const record: NetworkRecord = {
      id,
      name,
      created: new Date().toISOString(),
      bridge: wishes.bridge ?? `gk-${id.slice(0, 12)}`,
      subnets,
      internal,
      ipv6,
      ...(wishes.mtu === undefined ? {} : { mtu: wishes.mtu }),
      labels,
      options: driverOptions,
    };
    await store.put(record);
    recordNetworkEvent(context, 'create', record);
    return id;
  });
}

function checkName(name: string): void {
  if (predefined.some((word) => word === name)) {
    throw new GockerError(
      'NETWORK_NAME_INVALID',
      `cannot create network "${name}": operation is not permitted on predefined ${name} network`,
      {
        hint: 'Take another name.',
      },
    );
  }
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) return;
  throw new GockerError(
    'NETWORK_NAME_INVALID',
    `cannot create network ${JSON.stringify(name)}: it is no name (expected letters, digits, and "_", ".", "-" behind the first)`,
  );
}

/** Each with the gateway and the range that are in it. */
function readSubnets(
  name: string,
  { subnets = [], gateways = [], ipRanges = [] }: CreateNetworkOptions,
): NetworkSubnet[] {
  const fail = (code: string, is: string, expected: string) =>
    new GockerError(code, `cannot create network "${name}": ${is} (expected ${expected})`);
  const found = subnets.map((text) => {
    const cidr = parseCIDR(text);
    if (cidr === undefined) throw fail('SUBNET_INVALID', `"${text}" is no subnet`, 'such as 172.30.0.0/16');
    const network = networkOf(cidr);
    if (formatCIDR(network) !== formatCIDR(cidr))
      throw fail('SUBNET_INVALID', `"${text}" has bits behind its prefix`, `"${formatCIDR(network)}"`);
    if (sizeOf(cidr) < 4n)
      throw fail(
        'SUBNET_INVALID',
        `"${text}" has no room for a gateway and a container`,
        'a prefix of 30 bits at most, 126 of IPv6',
      );
    return cidr;
  });
  for (const length of [4, 16]) {
    const [, second] = found.filter(({ address }) => address.length === length);
    if (second !== undefined)
      throw fail(
        'SUBNET_INVALID',
        `"${formatCIDR(second)}" is a second subnet of its family`,
        'one of IPv4 and one of IPv6',
      );
  }
  const ranges = ipRanges.map((text) => {
    const cidr = parseCIDR(text);
    if (cidr === undefined) throw fail('SUBNET_INVALID', `--ip-range "${text}" is none`, 'such as 172.30.5.0/24');
    if (!found.some((subnet) => contains(subnet, cidr)))
      throw fail('SUBNET_INVALID', `--ip-range "${text}" is in no --subnet`, 'a part of one');
    return cidr;
  });
  const routers = gateways.map((text) => {
    const address = parseAddress(text);
    if (address === undefined) throw fail('GATEWAY_OUTSIDE', `--gateway "${text}" is no address`, 'one in --subnet');
    if (!found.some((subnet) => isWithin(address, subnet.address, subnet.bits)))
      throw fail('GATEWAY_OUTSIDE', `--gateway "${text}" is in no --subnet`, 'one in it');
    return address;
  });
  return found.map((cidr) => {
    const gateway = routers.find((address) => isWithin(address, cidr.address, cidr.bits));
    const range = ranges.find((one) => contains(cidr, one));
    return {
      subnet: formatCIDR(cidr),
      gateway: gateway === undefined ? firstAddress(formatCIDR(cidr)) : formatAddress(gateway),
      ...(range === undefined ? {} : { range: formatCIDR(range) }),
    };
  });
}

interface Completion {
  readonly name: string;
  readonly id: string;
  readonly ipv6: boolean;
  readonly store: NetworkStore;
  readonly wishes: DriverWishes;
}

/** One of IPv4 in any case, first; what was asked for meets nothing that is there. */
function completeSubnets(
  asked: readonly NetworkSubnet[],
  { name, id, ipv6, store, wishes }: Completion,
): NetworkSubnet[] {
  using host = NetworkHost.open();
  const bridge = wishes.bridge === undefined ? undefined : host.link({ name: wishes.bridge });
  if (bridge !== undefined) {
    throw new GockerError(
      'NETWORK_OPTION_INVALID',
      `cannot create network "${name}": there is an interface "${wishes.bridge}" already`,
    );
  }
  const routes = host.routes().flatMap(({ destination }) => (destination.bits === 0 ? [] : [destination]));
  const ours = store.list().flatMap((network) =>
    network.subnets.flatMap(({ subnet }) => {
      const cidr = parseCIDR(subnet);
      return cidr === undefined ? [] : [{ cidr, of: `network "${network.name}"` }];
    }),
  );
  // A route of a network of ours is that network's.
  const foreign = routes.filter(
    (route) => !ours.some(({ cidr }) => formatCIDR(networkOf(cidr)) === formatCIDR(networkOf(route))),
  );
  const others = [...ours, ...foreign.map((cidr) => ({ cidr, of: `the route to ${formatCIDR(cidr)} of this host` }))];
  for (const { subnet } of asked) checkFree(name, subnet, others);
  const complete = [...asked];
  const has = (mark: string) => complete.some(({ subnet }) => subnet.includes(mark));
  if (!has('.')) {
    const subnet = chooseSubnet([...others.map(({ cidr }) => cidr), ...nameservers()]);
    complete.push({ subnet, gateway: firstAddress(subnet) });
  }
  if (ipv6 && !has(':')) {
    const subnet = chooseIPv6Subnet(id);
    complete.push({ subnet, gateway: firstAddress(subnet) });
  }
  return complete.sort((a, b) => Number(a.subnet.includes(':')) - Number(b.subnet.includes(':')));
}

function checkFree(
  name: string,
  subnet: string,
  others: readonly { readonly cidr: CIDR; readonly of: string }[],
): void {
  const cidr = parseCIDR(subnet);
  const other = cidr === undefined ? undefined : others.find((one) => overlap(cidr, one.cidr));
  if (other === undefined) return;
  throw new GockerError('SUBNET_OVERLAPS', `cannot create network "${name}": subnet ${subnet} overlaps ${other.of}`, {
    hint: 'Take another, or leave --subnet out: a free one is chosen then.',
  });
}
