/** Waiting for what another process does: asked ever more slowly, never for long in vain. */
import { setTimeout } from 'node:timers/promises';

const FIRST_WAIT = 5;
const LONGEST_WAIT = 200;

/**
 * Asks until there is an answer.
 *
 * @throws the signal's reason; what the question throws
 */
export async function poll<T>(question: () => T | undefined, signal?: AbortSignal): Promise<T> {
  for (let wait = FIRST_WAIT; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
    signal?.throwIfAborted();
    const answer = question();
    if (answer !== undefined) return answer;
    await setTimeout(wait);
  }
}
