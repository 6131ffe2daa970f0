/** What can be asked about containers: their making, their states, their end. */
import type { StartOptions } from '../containers/start.ts';
import type { EngineContext } from '../context.ts';
import type { ListOptions } from '../options/container-filters.ts';
import type { RunOptions } from '../options/run-options.ts';
import type { Container, ContainerSummary, ExplainedCall, StartedContainer } from '../types.ts';
import type { ContainerHandle, ContainerVerbs } from './handle-calls.ts';

export interface ContainerCalls {
  /** With `detach` the container outlives this process; its output is in its log. */
  run(options: RunOptions & { readonly detach: true }): Promise<ContainerHandle>;
  /** The container dies with this process, which has its streams. */
  run(options: RunOptions & { readonly detach?: false }): Promise<Container>;
  /** The kernel calls that `run` would play, without playing any. The image is pulled where it is missing. */
  plan(options: RunOptions): Promise<readonly ExplainedCall[]>;
  /** A container that is there and doesn't run. */
  create(options: RunOptions): Promise<ContainerHandle>;
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
  function run(options: RunOptions & { readonly detach: true }): Promise<ContainerHandle>;
  function run(options: RunOptions & { readonly detach?: false }): Promise<Container>;
  async function run({ detach, ...options }: RunOptions & { readonly detach?: boolean }): Promise<ContainerVerbs> {
    if (detach !== true) return await (await import('../containers/run.ts')).run(context, options);
    return handleOf(await (await import('../containers/detached.ts')).runDetached(context, options));
  }
  const handleOf = async (container: { readonly id: string; readonly name: string }): Promise<ContainerHandle> => {
    const { KnownContainer } = await import('../containers/known-container.ts');
    return new KnownContainer(context, container);
  };
  return {
    run,
    plan: async (...args) => (await import('../containers/run.ts')).plan(context, ...args),
    create: async (...args) =>
      handleOf(await (await import('../containers/create.ts')).createContainer(context, ...args)),
    runDetached: async (...args) => (await import('../containers/detached.ts')).runDetached(context, ...args),
    start: async (...args) => (await import('../containers/start.ts')).startContainer(context, ...args),
    containers: async (...args) => (await import('../containers/list.ts')).listContainers(context, ...args),
    inspectContainer: async (...args) => (await import('../containers/inspect.ts')).inspectContainer(context, ...args),
    removeContainer: async (...args) => (await import('../containers/remove.ts')).removeContainer(context, ...args),
  };
}
