/** What changes the state of a container that is there. Each takes its name, its id or a unique prefix of that. */
import type { WaitOptions } from '../containers/wait.ts';
import type { EngineContext } from '../context.ts';
import type { Pruned, PruneOptions, StopOptions } from '../options/lifecycle-options.ts';
import type { StartedContainer } from '../types.ts';

export interface LifeCalls {
  /** Asks it to end, and after a while makes it. Resolves once it has ended; one that doesn't run stays as it is. */
  stop(container: string, options?: StopOptions): Promise<void>;
  /** Stops it, where it runs, and starts it. */
  restart(container: string, options?: StopOptions): Promise<StartedContainer>;
  /** @param signal `SIGTERM`, `TERM`, `15`; SIGKILL where left out, and then it resolves once it has ended */
  kill(container: string, signal?: string | number): Promise<void>;
  /** Stops all of its processes where they are. */
  pause(container: string): Promise<void>;
  unpause(container: string): Promise<void>;
  /** Resolves with its exit code once it doesn't run. */
  waitFor(container: string, options?: WaitOptions): Promise<number>;
  rename(container: string, name: string): Promise<void>;
  /** Removes those that don't run. */
  pruneContainers(options?: PruneOptions): Promise<Pruned>;
}

export function lifeCalls(context: EngineContext): LifeCalls {
  return {
    stop: async (...args) => (await import('../containers/stop.ts')).stopContainer(context, ...args),
    restart: async (...args) => (await import('../containers/restart.ts')).restartContainer(context, ...args),
    kill: async (...args) => (await import('../containers/kill.ts')).killContainer(context, ...args),
    pause: async (...args) => (await import('../containers/pause.ts')).pauseContainer(context, ...args),
    unpause: async (...args) => (await import('../containers/pause.ts')).unpauseContainer(context, ...args),
    waitFor: async (...args) => (await import('../containers/wait.ts')).waitForContainer(context, ...args),
    pruneContainers: async (...args) => (await import('../containers/prune.ts')).pruneContainers(context, ...args),
    rename: async (...args) => (await import('../containers/rename.ts')).renameContainer(context, ...args),
  };
}
