/** The part of a start that is the networks'. */
import type { LaunchOptions } from '../../runtime/index.ts';
import type { ContainerRecord } from '../containers/record.ts';
import { identifyProcess } from '../containers/status.ts';
import type { EngineContext } from '../context.ts';
import { joinNetworks } from './join.ts';

export interface NetworksAtStart {
  /** What launch() calls while the container's first process waits. */
  readonly prepare: NonNullable<LaunchOptions['prepare']>;
}

export function networksAtStart(context: EngineContext, record: ContainerRecord): NetworksAtStart {
  return {
    async prepare({ pid: waiting }, child) {
      const process = identifyProcess(child) ?? { pid: child, startTime: 0 };
      await joinNetworks(context, { record, process, waiting, ports: [] });
    },
  };
}
