/** A container's first process comes to its networks: addresses, cables, rules, names. And it goes. */
import type { ProcessIdentity } from '../../runtime/index.ts';
import type { PlayedCall } from '../../syscall/index.ts';
import type { ContainerRecord } from '../containers/record.ts';
import type { EngineContext } from '../context.ts';
import { recordNetworkEvent } from '../events/subjects.ts';
import type { EndpointRequest } from './endpoint-request.ts';
import { chooseEndpoint } from './endpoints.ts';
import { KernelSide } from './kernel-side.ts';
import type { Member, PublishedPort } from './member.ts';
import { isKnown, withMembers } from './members.ts';
import type { NetworkRecord } from './network-record.ts';
import { NetworkStore, noSuchNetwork } from './network-store.ts';

export interface Joining {
  readonly record: ContainerRecord;
  /** The container's first. */
  readonly process: ProcessIdentity;
  /** One that is in the container's network namespace already. */
  readonly waiting: number;
  readonly ports: readonly PublishedPort[];
}

/**
 * Nothing is left where it rejects.
 *
 * @returns what it has told the kernel
 * @throws GockerError `NETWORK_NOT_FOUND`, `ADDRESS_TAKEN`, `ADDRESS_OUTSIDE`, `SUBNET_FULL`; NetlinkError
 */
export async function joinNetworks(context: EngineContext, joining: Joining): Promise<readonly PlayedCall[]> {
  const { record, process, waiting, ports } = joining;
  return await withMembers(context, (members) => {
    const store = new NetworkStore(context.directories.root);
    const wanted = (record.networks ?? []).map((request) => ({ request, network: known(store, request) }));
    using kernel = new KernelSide(context, { store, members });
    kernel.clearDead();
    // A launch that is tried again has joined before.
    kernel.clear(members.of(record.id));
    const endpoints = wanted.map(({ request, network }, index) =>
      chooseEndpoint(network, { request, members, index, record }),
    );
    const member: Member = { id: record.id, name: record.name, process, endpoints, ports };
    // Before there is anything of it: who finds it dead clears up what there may be.
    members.put(member);
    try {
      for (const { network } of wanted) kernel.ensure(network);
      // From an internal one no way leads out.
      const wayOut = wanted.findIndex(({ network }) => !network.internal);
      for (const [index, { network }] of wanted.entries()) {
        const endpoint = endpoints[index];
        if (endpoint !== undefined) kernel.attach(waiting, { endpoint, network, isFirst: index === wayOut });
      }
      kernel.publish(
        member,
        wanted.map(({ network }) => network),
      );
      kernel.introduce(member);
      for (const { network } of wanted) recordNetworkEvent(context, 'connect', network, record.id);
    } catch (error) {
      undo(kernel, member);
      throw error;
    }
    return kernel.calls;
  });
}

/** What a container has of networks goes, and what is left of others that were killed. Idempotent. */
export async function leaveNetworks(context: EngineContext, container: string): Promise<void> {
  if (!isKnown(context, container)) return;
  await withMembers(context, (members) => {
    using kernel = new KernelSide(context, { store: new NetworkStore(context.directories.root), members });
    kernel.clear(members.of(container));
    kernel.clearDead();
  });
}

function undo(kernel: KernelSide, member: Member): void {
  try {
    kernel.detach(member);
    kernel.clear(member);
  } catch {
    // What failed before says more; whoever comes next finds the member dead, and tries again.
  }
}

function known(store: NetworkStore, { network }: EndpointRequest): NetworkRecord {
  const record = store.get(network);
  if (record === undefined) throw noSuchNetwork(network.slice(0, 12));
  return record;
}
