/** What `ps` tells of containers' networks. */
import type { ContainerRecord } from '../containers/record.ts';
import type { EngineContext } from '../context.ts';
import type { ContainerSummary } from '../types.ts';
import { readMembers } from './members.ts';
import { NetworkStore } from './network-store.ts';

/** One look for all of them. */
export function networkSummaries(
  context: EngineContext,
): (record: ContainerRecord) => Partial<Pick<ContainerSummary, 'networks' | 'ports'>> {
  const names = new Map(new NetworkStore(context.directories.root).list().map(({ id, name }) => [id, name]));
  const members = new Map(readMembers(context).map((member) => [member.id, member]));
  return ({ id, networks }) => {
    if (networks === undefined) return {};
    const known = networks.map(({ network }) => names.get(network) ?? network.slice(0, 12));
    return { networks: known, ports: members.get(id)?.ports ?? [] };
  };
}
