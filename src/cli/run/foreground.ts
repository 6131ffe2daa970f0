/** A process in the foreground: started, joined to our descriptors, signalled, waited for. */
import type { ConsoleSize, Container, ContainerExit, Engine, ExplainedCall, RunOptions } from '../../engine/index.ts';
import { copyInput } from './input.ts';
import type { SignalRelay } from './signals.ts';

export interface Ended extends ContainerExit {
  explain(): readonly ExplainedCall[];
}

/** What a container and a process that has joined one have in common. */
export type Attended = Pick<Container, 'stdin' | 'copyOutput' | 'kill' | 'resize'> & {
  wait(): Promise<ContainerExit>;
};

interface Around {
  readonly relay: SignalRelay;
  readonly ready: () => Promise<void>;
  /** Takes the id of the container. */
  readonly started: (id: string) => void;
}

/**
 * @param around `ready` is called once there is a container, or none, and before its first output
 * @throws GockerError where it doesn't start
 */
export async function foreground(
  engine: Engine,
  options: RunOptions,
  { relay, ready, started }: Around,
): Promise<Ended> {
  const start = async (more: { readonly consoleSize?: ConsoleSize }) => {
    const container = await engine.run({ ...options, ...more }).finally(ready);
    started(container.id);
    return container;
  };
  const { process: container, exit } = await attend(start, { options, relay });
  return { ...exit, explain: () => container.explain() };
}

interface Attendance {
  readonly options: Pick<RunOptions, 'tty' | 'interactive'>;
  readonly relay: SignalRelay;
}

/** @param start is told the size of our terminal, where it is to have one */
export async function attend<T extends Attended>(
  start: (more: { readonly consoleSize?: ConsoleSize }) => Promise<T>,
  { options, relay }: Attendance,
): Promise<{ readonly process: T; readonly exit: ContainerExit }> {
  // Terminal code is loaded for those who want a terminal: it takes 3 ms.
  const terminal = options.tty === true ? await import('./terminal.ts') : undefined;
  const size = terminal?.consoleSize();
  const process = await start(size === undefined ? {} : { consoleSize: size });
  relay.passOnTo(process);
  const giveBack = terminal?.lendTerminal(process, options.interactive === true);
  const stopInput = copyInput(process);
  try {
    const output = process.copyOutput({ stdout: 1, stderr: 2 });
    const [exit] = await Promise.all([process.wait(), output]);
    return { process, exit };
  } finally {
    stopInput();
    giveBack?.();
  }
}
