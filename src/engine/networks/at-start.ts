/** The part of a start that is the networks'. */
import type { LaunchOptions } from '../../runtime/index.ts';
import type { ContainerRecord } from '../containers/record.ts';
import { identifyProcess } from '../containers/status.ts';
import type { EngineContext } from '../context.ts';
import { joinNetworks } from './join.ts';
import { readMembers } from './members.ts';
import { NetworkStore } from './network-store.ts';
import { portsToPublish } from './ports/port-mapping.ts';
import { type Reservation, reservePorts } from './ports/reserve-ports.ts';

/** Disposing of it gives its ports free: to be done when the container has ended, or others hold the descriptors. */
export interface NetworksAtStart extends Disposable {
  /** What launch() calls while the container's first process waits. */
  readonly prepare: NonNullable<LaunchOptions['prepare']>;
  /** Sockets that keep its ports. */
  readonly held: readonly number[];
}

/** @throws GockerError of reservePorts() */
export function networksAtStart(context: EngineContext, record: ContainerRecord): NetworksAtStart {
  const reserved = reserve(context, record);
  return {
    async prepare({ pid: waiting }, child) {
      const process = identifyProcess(child) ?? { pid: child, startTime: 0 };
      return await joinNetworks(context, { record, process, waiting, ports: reserved?.ports ?? [] });
    },
    held: reserved?.fds ?? [],
    [Symbol.dispose]: () => reserved?.[Symbol.dispose](),
  };
}

function reserve(context: EngineContext, record: ContainerRecord): Reservation | undefined {
  const mappings = portsToPublish(record);
  if (mappings.length === 0) return undefined;
  const store = new NetworkStore(context.directories.root);
  const subnets = (record.networks ?? []).flatMap(({ network }) => store.get(network)?.subnets ?? []);
  return reservePorts(mappings, {
    ipv6: subnets.some(({ subnet }) => subnet.includes(':')),
    holderOf: ({ hostPort, protocol }) =>
      readMembers(context).find(({ ports }) =>
        ports.some((port) => port.hostPort === hostPort && port.protocol === protocol),
      )?.name,
  });
}
