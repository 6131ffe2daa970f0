/** `network ls` and `network inspect` */
import { statSync } from 'node:fs';
import { GockerError } from '../../errors/index.ts';
import { digestHex, sha256Digest } from '../../oci/index.ts';
import { isUp } from '../containers/status.ts';
import type { EngineContext } from '../context.ts';
import type { NetworkDetails, NetworkFilters } from '../options/network-options.ts';
import { makeDefaultNetwork } from './default-network.ts';
import { detailsOf, predefinedDetails } from './details.ts';
import { matchesNetwork } from './match-networks.ts';
import { readMembers } from './members.ts';
import { NetworkStore, noSuchNetwork } from './network-store.ts';
import { networksInUse } from './users.ts';

/** By name. */
export async function listNetworks(
  context: EngineContext,
  filters: NetworkFilters = {},
): Promise<readonly NetworkDetails[]> {
  const all = await allNetworks(context);
  const used = filters.dangling === undefined ? new Set<string>() : networksInUse(context);
  return all.filter((network) => matchesNetwork(network, filters, used));
}

/**
 * @param text id, name or unique prefix of an id
 * @throws GockerError `NETWORK_NOT_FOUND`, `NETWORK_AMBIGUOUS`
 */
export async function inspectNetwork(context: EngineContext, text: string): Promise<NetworkDetails> {
  const all = await allNetworks(context);
  const exact = all.find(({ Id }) => Id === text) ?? all.find(({ Name }) => Name === text);
  if (exact !== undefined) return exact;
  const [found, ...others] = all.filter(({ Id }) => text !== '' && Id.startsWith(text));
  if (found === undefined) throw noSuchNetwork(text, 'inspect');
  if (others.length === 0) return found;
  throw new GockerError('NETWORK_AMBIGUOUS', `cannot inspect network "${text}": ${others.length + 1} ids begin so`, {
    hint: 'Give more letters of the id, or the name.',
  });
}

async function allNetworks(context: EngineContext): Promise<NetworkDetails[]> {
  await makeDefaultNetwork(context);
  const members = readMembers(context);
  const ours = new NetworkStore(context.directories.root).list().map((network) => detailsOf(network, members));
  const running = context.containers.list(() => {}).filter(isUp);
  const others = (['host', 'none'] as const).map((name) =>
    predefinedDetails({
      name,
      id: digestHex(sha256Digest(`${name} ${context.directories.root}`)),
      created: statSync(context.directories.root).birthtime.toISOString(),
      containers: running.filter(({ namespaces }) => (namespaces?.network ?? 'none') === name),
    }),
  );
  return [...ours, ...others].sort((a, b) => (a.Name < b.Name ? -1 : 1));
}
