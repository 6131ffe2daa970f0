/** What a container's record has to say of networks, ports and names: each part is loaded only where something is asked for. */
import { GockerError } from '../../errors/index.ts';
import { parseAddress } from '../../runtime/index.ts';
import type { EngineContext } from '../context.ts';
import type { LoadedImage } from '../images/stored.ts';
import type { AskedNetworks } from '../networks/asked-networks.ts';
import type { EndpointRequest } from '../networks/endpoint-request.ts';
import { NetworkStore } from '../networks/network-store.ts';
import { optionError } from '../options/option-error.ts';
import type { RunOptions } from '../options/run-options.ts';
import type { ContainerRecord } from './record.ts';

/** Where nobody says. Without privilege there is no making of interfaces. */
export function defaultNetworkName({ env }: EngineContext): string {
  const otherwise = process.getuid?.() === 0 ? 'bridge' : 'none';
  return env.GOCKER_NETWORK === undefined || env.GOCKER_NETWORK === '' ? otherwise : env.GOCKER_NETWORK;
}

/** @throws GockerError `NETWORK_NOT_FOUND`, `NETWORK_AMBIGUOUS`, `NO_SUBNET_LEFT` */
export async function chooseNetworks(
  context: EngineContext,
  { networks }: AskedNetworks,
): Promise<Pick<ContainerRecord, 'networks'>> {
  if (networks.length === 0) return {};
  return { networks: await (await import('../networks/choose-networks.ts')).chooseNetworks(context, networks) };
}

/** @throws GockerError `PORT_INVALID`, `PORT_TWICE`, `NETWORK_CONFLICT` */
export async function choosePorts(
  context: EngineContext,
  image: LoadedImage,
  options: RunOptions,
  { mode }: AskedNetworks,
): Promise<Pick<ContainerRecord, 'ports' | 'exposedPorts' | 'publishAllPorts'>> {
  const config = image.config.config ?? {};
  const isAsked = [options.publish, options.expose].some((list) => list !== undefined && list.length > 0);
  if (!isAsked && options.publishAll !== true && config.ExposedPorts === undefined) return {};
  const asked = (await import('../networks/ports/ask-ports.ts')).askPorts(config, options, mode);
  if (mode === 'host' && asked.ports !== undefined) {
    context.warn('Published ports are discarded when using host network mode');
  }
  return asked;
}

/** @throws GockerError `DNS_INVALID`, `NETWORK_CONFLICT` */
export function askedNames(options: RunOptions): Pick<ContainerRecord, 'nameOptions'> {
  const { dns = [], dnsSearch = [], dnsOptions = [], addHost = [] } = options;
  if ([dns, dnsSearch, dnsOptions, addHost].every((list) => list.length === 0)) return {};
  for (const [flag, list] of [
    ['--dns', dns],
    ['--add-host', addHost],
  ] as const) {
    if (list.length > 0 && `${options.network ?? ''}`.startsWith('container:')) {
      throw new GockerError('NETWORK_CONFLICT', `conflicting options: ${flag} and the container type network mode`, {
        hint: 'Its names are those of the container whose network it shares.',
      });
    }
  }
  for (const address of dns) {
    if (parseAddress(address) !== undefined) continue;
    throw optionError({
      code: 'DNS_INVALID',
      flag: '--dns',
      value: address,
      is: `${address} is not an ip address`,
      expected: 'such as 192.0.2.53',
    });
  }
  return { nameOptions: { dns, dnsSearch, dnsOptions, addHost } };
}

/** The host's address on its first network. */
export function gatewayOf(
  { directories }: EngineContext,
  networks: readonly EndpointRequest[] | undefined,
): string | undefined {
  const [first] = networks ?? [];
  if (first === undefined) return undefined;
  return new NetworkStore(directories.root).get(first.network)?.subnets[0]?.gateway;
}
