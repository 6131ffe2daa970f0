/** `wait`: the end of a container, and how it ended; or what else it may come to. */
import type { EngineContext } from '../context.ts';
import { type WaitCondition, waitForCondition } from './wait-condition.ts';

export interface WaitOptions {
  /** `not-running` where left out. */
  readonly condition?: WaitCondition;
  readonly signal?: AbortSignal;
}

/**
 * Resolves at once where it is so already; `next-exit` never is.
 *
 * @param text name, id or unique prefix of an id
 * @returns its exit code; 0 for one that was never started
 * @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`, `CONDITION_IMPOSSIBLE`; the signal's reason
 */
export async function waitForContainer(
  context: EngineContext,
  text: string,
  { condition = 'not-running', signal }: WaitOptions = {},
): Promise<number> {
  const { id } = context.containers.find(text);
  return await waitForCondition(context, { id, text, condition }, signal);
}
