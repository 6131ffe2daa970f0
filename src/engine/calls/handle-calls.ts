/** Containers as objects: the same calls, for one container. */
import type { EngineContext } from '../context.ts';
import type { Attached, AttachOptions } from '../options/attach-options.ts';
import type { ExecOptions } from '../options/exec-options.ts';
import type { StopOptions } from '../options/lifecycle-options.ts';
import type { Logs, LogsOptions } from '../options/logs-options.ts';
import type { ContainerExit, Exec } from '../types.ts';

/** What can be done with a container whoever holds its streams. */
export interface ContainerVerbs {
  /** 64 hex digits. */
  readonly id: string;
  /** As it was when the handle was made. */
  readonly name: string;
  /** Asks it to end, and after a while makes it. Resolves once it has ended. */
  stop(options?: StopOptions): Promise<void>;
  pause(): Promise<void>;
  unpause(): Promise<void>;
  /** Resolves once the command runs beside the container's own. */
  exec(options: ExecOptions): Promise<Exec>;
  /** `for await (const { stream, bytes } of container.logs({ follow: true }))` */
  logs(options?: LogsOptions): Logs;
  /** docker's keys. */
  inspect(): Promise<Readonly<Record<string, unknown>>>;
  /** One that runs needs `force`. */
  remove(options?: { readonly force?: boolean; readonly volumes?: boolean }): Promise<void>;
}

/**
 * A container that is there by itself, running or not. Disposing of it kills it and waits for its end; if it was made with
 * `autoRemove` it is gone then.
 */
export interface ContainerHandle extends ContainerVerbs, AsyncDisposable {
  /** One that runs already stays as it is. */
  start(): Promise<void>;
  /** Takes part: its stdin, and what it writes from now on. */
  attach(options?: AttachOptions): Promise<Attached>;
  /** @param signal SIGKILL where left out, and then it resolves once it has ended */
  kill(signal?: string | number): Promise<void>;
  /** Resolves once it doesn't run. */
  wait(): Promise<Pick<ContainerExit, 'exitCode'>>;
}

export interface HandleCalls {
  /**
   * @param container name, id or unique prefix of an id
   * @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`
   */
  container(container: string): Promise<ContainerHandle>;
}

export function handleCalls(context: EngineContext): HandleCalls {
  return {
    container: async (text) => {
      const { KnownContainer } = await import('../containers/known-container.ts');
      return new KnownContainer(context, context.containers.find(text));
    },
  };
}
