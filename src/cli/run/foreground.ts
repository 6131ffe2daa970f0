/** A container in the foreground: started, joined to our descriptors, signalled, waited for. */
import type { ContainerExit, Engine, ExplainedCall, RunOptions } from '../../engine/index.ts';
import { copyInput } from './input.ts';
import type { SignalRelay } from './signals.ts';

export interface Ended extends ContainerExit {
  explain(): readonly ExplainedCall[];
}

/**
 * @param around `ready` is called once there is a container, or none, and before its first output
 * @throws GockerError where it doesn't start
 */
export async function foreground(
  engine: Engine,
  options: RunOptions,
  { relay, ready }: { readonly relay: SignalRelay; readonly ready: () => Promise<void> },
): Promise<Ended> {
  // Terminal code is loaded for those who want a terminal: it takes 3 ms.
  const terminal = options.tty === true ? await import('./terminal.ts') : undefined;
  const size = terminal?.consoleSize();
  const started = engine.run({ ...options, ...(size === undefined ? {} : { consoleSize: size }) });
  const container = await started.finally(ready);
  relay.passOnTo(container);
  const giveBack = terminal?.lendTerminal(container, options.interactive === true);
  const stopInput = copyInput(container);
  try {
    const output = container.copyOutput({ stdout: 1, stderr: 2 });
    const [exit] = await Promise.all([container.wait(), output]);
    return { ...exit, explain: () => container.explain() };
  } finally {
    stopInput();
    giveBack?.();
  }
}
