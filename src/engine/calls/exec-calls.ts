/** Processes beside those of a running container. */
import type { EngineContext } from '../context.ts';
import type { ExecOptions } from '../options/exec-options.ts';
import type { ContainerProcesses, DetachedExec, Exec } from '../types.ts';

export interface ExecCalls {
  /**
   * Resolves once the command runs. It ends with the container and, unlike docker's, with this process, which holds its pipes.
   *
   * @param container name, id or unique prefix of an id
   */
  exec(container: string, options: ExecOptions): Promise<Exec>;
  /**
   * The same in the background: it ends with the container alone, its input and output are /dev/null, and nobody learns its exit
   * code. `interactive` and `tty` have no meaning but for TERM.
   */
  execDetached(container: string, options: ExecOptions): Promise<DetachedExec>;
  /**
   * Its processes, with pids and names of the host. No ps(1) is run.
   *
   * @param words what ps takes to choose columns: `-ef` (where left out), `aux`, `-o pid,user,args`
   * @throws GockerError `PS_OPTION_UNSUPPORTED`, `PS_OPTION_INVALID`
   */
  top(container: string, words?: readonly string[]): Promise<ContainerProcesses>;
}

export function execCalls(context: EngineContext): ExecCalls {
  return {
    exec: async (...args) => (await import('../containers/exec.ts')).exec(context, ...args),
    top: async (...args) => (await import('../containers/top/top.ts')).top(context, ...args),
    execDetached: async (...args) => (await import('../containers/exec.ts')).execDetached(context, ...args),
  };
}
