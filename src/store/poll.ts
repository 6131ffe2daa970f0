/** Waiting for what other processes do: there is no way to be told of it, so we look, ever more seldom. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface PollOptions {
  /** Milliseconds between the first two looks; doubled after each, up to `last`. */
  readonly first: number;
  readonly last: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls `attempt` until it gives something else than undefined.
 *
 * @throws the signal's reason once it aborts; what `attempt` throws
 */
export async function poll<T>(attempt: () => T | undefined | Promise<T | undefined>, options: PollOptions): Promise<T> {
  for (let pause = options.first; ; pause = Math.min(pause * 2, options.last)) {
    options.signal?.throwIfAborted();
    const result = await attempt();
    if (result !== undefined) return result;
    // A random half of the pause, so that waiters drift apart. Its AbortError gives way to the signal's own reason above.
    await sleep(pause * (0.5 + Math.random() / 2), undefined, { signal: options.signal }).catch(() => undefined);
  }
}
