/** From names to networks that are there. */
import type { EngineContext } from '../context.ts';
import type { AskedNetwork } from './asked-networks.ts';
import { defaultNetwork } from './default-network.ts';
import type { EndpointRequest } from './endpoint-request.ts';
import { NetworkStore, noSuchNetwork } from './network-store.ts';

/** @throws GockerError `NETWORK_NOT_FOUND`, `NETWORK_AMBIGUOUS`, `NO_SUBNET_LEFT` */
export async function chooseNetworks(
  context: EngineContext,
  asked: readonly AskedNetwork[],
): Promise<readonly EndpointRequest[]> {
  const store = new NetworkStore(context.directories.root);
  const requests: EndpointRequest[] = [];
  for (const { name, aliases, ...wishes } of asked) {
    const network = name === 'bridge' ? await defaultNetwork(context) : store.find(name);
    if (network === undefined) throw noSuchNetwork(name);
    requests.push({ network: network.id, ...(aliases.length === 0 ? {} : { aliases }), ...wishes });
  }
  return requests;
}
