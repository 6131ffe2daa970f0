/** What every handle of a container can do. Each use-case is loaded when it is first called, as the engine's own. */
import { execCalls } from '../calls/exec-calls.ts';
import type { ContainerVerbs } from '../calls/handle-calls.ts';
import { lifeCalls } from '../calls/life-calls.ts';
import { logCalls } from '../calls/log-calls.ts';
import type { EngineContext } from '../context.ts';
import type { ExecOptions } from '../options/exec-options.ts';
import type { StopOptions } from '../options/lifecycle-options.ts';
import type { Logs, LogsOptions } from '../options/logs-options.ts';
import type { Exec } from '../types.ts';

export class HandleVerbs implements ContainerVerbs {
  readonly id: string;
  readonly name: string;
  readonly #context: EngineContext;

  constructor(context: EngineContext, { id, name }: { readonly id: string; readonly name: string }) {
    this.id = id;
    this.name = name;
    this.#context = context;
  }

  stop(options: StopOptions = {}): Promise<void> {
    return lifeCalls(this.#context).stop(this.id, options);
  }

  pause(): Promise<void> {
    return lifeCalls(this.#context).pause(this.id);
  }

  unpause(): Promise<void> {
    return lifeCalls(this.#context).unpause(this.id);
  }

  exec(options: ExecOptions): Promise<Exec> {
    return execCalls(this.#context).exec(this.id, options);
  }

  logs(options: LogsOptions = {}): Logs {
    return logCalls(this.#context).logs(this.id, options);
  }

  async inspect(): Promise<Readonly<Record<string, unknown>>> {
    const { inspectContainer } = await import('./inspect.ts');
    return await inspectContainer(this.#context, this.id);
  }

  async remove(options: { readonly force?: boolean; readonly volumes?: boolean } = {}): Promise<void> {
    const { removeContainer } = await import('./remove.ts');
    await removeContainer(this.#context, this.id, options);
  }
}
