/** The handle of a container that is there by itself: found by its record, whoever started it. */
import { GockerError } from '../../errors/index.ts';
import type { ContainerHandle } from '../calls/handle-calls.ts';
import { lifeCalls } from '../calls/life-calls.ts';
import { logCalls } from '../calls/log-calls.ts';
import type { EngineContext } from '../context.ts';
import type { Attached, AttachOptions } from '../options/attach-options.ts';
import type { ContainerExit } from '../types.ts';
import { HandleVerbs } from './container-verbs.ts';

export class KnownContainer extends HandleVerbs implements ContainerHandle {
  readonly #context: EngineContext;

  constructor(context: EngineContext, container: { readonly id: string; readonly name: string }) {
    super(context, container);
    this.#context = context;
  }

  async start(): Promise<void> {
    const { startContainer } = await import('./start.ts');
    await startContainer(this.#context, this.id);
  }

  attach(options: AttachOptions = {}): Promise<Attached> {
    return logCalls(this.#context).attach(this.id, options);
  }

  kill(signal: string | number = 'SIGKILL'): Promise<void> {
    return lifeCalls(this.#context).kill(this.id, signal);
  }

  async wait(): Promise<Pick<ContainerExit, 'exitCode'>> {
    return { exitCode: await lifeCalls(this.#context).waitFor(this.id) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      // It says that the end is wished for, so that no restart policy undoes it.
      await this.stop({ signal: 'SIGKILL' });
      // Who looks after it may be faster.
      if (this.#context.containers.find(this.id).autoRemove) await this.remove({ force: true, volumes: true });
    } catch (error) {
      if (!(error instanceof GockerError && error.code === 'CONTAINER_NOT_FOUND')) throw error;
    }
  }
}
