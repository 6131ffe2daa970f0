/** What can be asked about containers: their making, their states, their end. */
import type { StartOptions } from '../containers/start.ts';
import type { EngineContext } from '../context.ts';
import type { ListOptions } from '../options/container-filters.ts';
import type { RunOptions } from '../options/run-options.ts';
import type { Container, ContainerSummary, ExplainedCall, StartedContainer } from '../types.ts';

export interface ContainerCalls {
  /** In the foreground: the container dies with this process. */
  run(options: RunOptions): Promise<Container>;
  /** The kernel calls that `run` would play, without playing any. The image is pulled where it is missing. */
  plan(options: RunOptions): Promise<readonly ExplainedCall[]>;
  /** A container that is there and doesn't run. */
  create(options: RunOptions): Promise<{ readonly id: string; readonly name: string }>;
  /** As `run`, but the container outlives this process. */
  runDetached(options: RunOptions): Promise<StartedContainer>;
  /**
   * Starts one that doesn't run; it outlives this process. One that runs already stays as it is.
   *
   * @param container name, id or unique prefix of an id
   */
  start(container: string, options?: StartOptions): Promise<StartedContainer>;
  /** Those that match, running or not, newest first. */
  containers(options?: ListOptions): Promise<readonly ContainerSummary[]>;
  /** docker's keys: Id, Created, Path, Args, State, Image, Name, Config, HostConfig, Mounts …; with `size`, SizeRw and SizeRootFs. */
  inspectContainer(
    container: string,
    options?: { readonly size?: boolean },
  ): Promise<Readonly<Record<string, unknown>>>;
  /** @param container name, id or unique prefix of an id; a running one needs `force`. `volumes`: the anonymous ones too. */
  removeContainer(container: string, options?: { readonly force?: boolean; readonly volumes?: boolean }): Promise<void>;
}

export function containerCalls(context: EngineContext): ContainerCalls {
  return {
    run: async (...args) => (await import('../containers/run.ts')).run(context, ...args),
    plan: async (...args) => (await import('../containers/run.ts')).plan(context, ...args),
    create: async (...args) => (await import('../containers/create.ts')).createContainer(context, ...args),
    runDetached: async (...args) => (await import('../containers/detached.ts')).runDetached(context, ...args),
    start: async (...args) => (await import('../containers/start.ts')).startContainer(context, ...args),
    containers: async (...args) => (await import('../containers/list.ts')).listContainers(context, ...args),
    inspectContainer: async (...args) => (await import('../containers/inspect.ts')).inspectContainer(context, ...args),
    removeContainer: async (...args) => (await import('../containers/remove.ts')).removeContainer(context, ...args),
  };
}
