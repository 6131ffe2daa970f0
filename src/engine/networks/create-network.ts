/** `network create` */
import { existsSync } from 'node:fs';
import { GockerError } from '../../errors/index.ts';
import { NetworkHost, parseCIDR } from '../../runtime/index.ts';
import { randomBytes } from '../containers/random.ts';
import type { EngineContext } from '../context.ts';
import { recordNetworkEvent } from '../events/subjects.ts';
import type { CreateNetworkOptions } from '../options/network-options.ts';
import { readAskedSubnets } from './asked-subnets.ts';
import { chooseIPv6Subnet, chooseSubnet } from './choose-subnet.ts';
import { firstAddress, makeDefaultNetwork } from './default-network.ts';
import { readDriverOptions } from './driver-options.ts';
import type { NetworkRecord, NetworkSubnet } from './network-record.ts';
import { NetworkStore, predefined } from './network-store.ts';
import { type TakenSubnet, takenSubnets } from './taken-subnets.ts';

/**
 * Durable. Of the kernel nothing is wanted yet: the bridge comes with the first container.
 *
 * @returns its id
 * @throws GockerError `NETWORK_EXISTS`, `NETWORK_PREDEFINED`, `NETWORK_NAME_INVALID`, `NETWORK_DRIVER_UNKNOWN`,
 *   `NETWORK_OPTION_INVALID`, `IPV6_MISSING`, `NO_SUBNET_LEFT`; those of readAskedSubnets()
 */
export async function createNetwork(context: EngineContext, options: CreateNetworkOptions): Promise<string> {
  const name = checkName(options.name);
  checkDriver(name, options.driver ?? '');
  const store = new NetworkStore(context.directories.root);
  // It has the first of all subnets, where everybody looks for it.
  await makeDefaultNetwork(context);
  return await store.exclusively(async () => {
    if (store.list().some((other) => other.name === name)) {
      throw new GockerError(
        'NETWORK_EXISTS',
        `cannot create network "${name}": network with name ${name} already exists`,
        {
          hint: `Choose another name, or remove that one: gocker network rm ${name}.`,
        },
      );
    }
    const record = draftNetwork({ ...options, name }, takenSubnets(store));
    checkBridge(record, store.list());
    await store.put(record);
    recordNetworkEvent(context, 'create', record);
    return record.id;
  });
}

function draftNetwork(options: CreateNetworkOptions, taken: readonly TakenSubnet[]): NetworkRecord {
  const { name, subnets = [], gateways = [], ipRanges: ranges = [], internal = false, labels = {} } = options;
  const id = randomBytes(32).toString('hex');
  const asked = readAskedSubnets({ subnets, gateways, ranges }, { network: name, taken });
  const ipv6 = options.ipv6 === true || asked.some(isIPv6);
  if (ipv6) checkIPv6(name);
  const { mtu, bridge = `gk-${id.slice(0, 12)}` } = readDriverOptions(name, options.options ?? {}, { ipv6 });
  return {
    id,
    name,
    created: new Date().toISOString(),
    bridge,
    subnets: complete(asked, { id, ipv6, taken }),
    internal,
    ipv6,
    ...(mtu === undefined ? {} : { mtu }),
    labels,
    options: options.options ?? {},
  };
}

/** An IPv4 subnet is always there. */
function complete(
  asked: readonly NetworkSubnet[],
  { id, ipv6, taken }: { readonly id: string; readonly ipv6: boolean; readonly taken: readonly TakenSubnet[] },
): NetworkSubnet[] {
  const chosen = (subnet: string) => ({ subnet, gateway: firstAddress(subnet) });
  // What is asked for here is taken, though not yet kept.
  const others = [...taken.map(({ cidr }) => cidr), ...asked.flatMap(({ subnet }) => parseCIDR(subnet) ?? [])];
  return [
    asked.find((one) => !isIPv6(one)) ?? chosen(chooseSubnet(others)),
    ...(ipv6 ? [asked.find(isIPv6) ?? chosen(chooseIPv6Subnet(id))] : []),
  ];
}

function isIPv6({ subnet }: NetworkSubnet): boolean {
  return subnet.includes(':');
}

/** One that is there already is somebody else's: it would go with the network. */
function checkBridge({ name, bridge }: NetworkRecord, others: readonly NetworkRecord[]): void {
  using host = NetworkHost.open();
  const other = others.find((one) => one.bridge === bridge);
  if (other === undefined && host.link({ name: bridge }) === undefined) return;
  const is = other === undefined ? `an interface "${bridge}" exists` : `network "${other.name}" has bridge "${bridge}"`;
  throw new GockerError('NETWORK_OPTION_INVALID', `cannot create network "${name}": ${is} already`, {
    hint: 'Choose another name for the bridge, or leave com.docker.network.bridge.name out.',
  });
}

/** Every container of a network is told it, in hosts files too. docker lets more pass, some of which `run --network` can't say. */
function checkName(name: string): string {
  if (name === 'default' || predefined.some((one) => one === name)) {
    throw new GockerError(
      'NETWORK_PREDEFINED',
      `cannot create network "${name}": operation is not permitted on predefined ${name} network`,
      { hint: 'Choose another name.' },
    );
  }
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name) && name.length <= 200) return name;
  const is = name.trim() === '' ? 'invalid name: name is empty' : 'it includes invalid characters for a network name';
  throw new GockerError(
    'NETWORK_NAME_INVALID',
    `cannot create network ${JSON.stringify(name)}: ${is} (expected [a-zA-Z0-9][a-zA-Z0-9_.-]*, 200 at most)`,
  );
}

function checkDriver(name: string, driver: string): void {
  if (driver === '' || driver === 'bridge') return;
  const is =
    driver === 'host' || driver === 'null'
      ? `only one instance of "${driver}" network is allowed`
      : `plugin "${driver}" not found`;
  throw new GockerError('NETWORK_DRIVER_UNKNOWN', `cannot create network "${name}": ${is} (expected bridge)`);
}

/** Kernel parameters "ipv6.disable": there is nothing of it then. */
function checkIPv6(name: string): void {
  if (existsSync('/proc/sys/net/ipv6')) return;
  throw new GockerError('IPV6_MISSING', `cannot create network "${name}": this kernel has no IPv6`, {
    hint: 'Leave out --ipv6 and subnets of IPv6, or boot without ipv6.disable=1.',
  });
}
