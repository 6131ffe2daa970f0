/** What a container's life has to do with networks: loaded only where it is on any. */
import type { EngineContext } from '../context.ts';
import type { NetworksAtStart } from '../networks/at-start.ts';
import type { ContainerRecord } from './record.ts';

/** @throws GockerError of networksAtStart() */
export async function networksOf(
  context: EngineContext,
  record: ContainerRecord,
): Promise<NetworksAtStart | undefined> {
  if (record.networks === undefined) return undefined;
  return (await import('../networks/at-start.ts')).networksAtStart(context, record);
}

/** Idempotent. */
export async function leaveNetworks(
  context: EngineContext,
  { id, networks }: Pick<ContainerRecord, 'id' | 'networks'>,
): Promise<void> {
  if (networks !== undefined) await (await import('../networks/join.ts')).leaveNetworks(context, id);
}
