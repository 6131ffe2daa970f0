/** Waiting for what other processes do: looked at again and again, up to a minute. */
import { setTimeout as sleep } from 'node:timers/promises';

/** @returns what `look` gives once that is not undefined or false */
export async function until<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  const end = performance.now() + 60_000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`it never came to this: ${what}`);
    await sleep(20);
  }
}
