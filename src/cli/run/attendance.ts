/** Our terminal, our input, our output and our signals, joined to a container that lives without us. */
import { Transform } from 'node:stream';
import type { Attached, ContainerExit } from '../../engine/index.ts';
import { DetachScanner } from './detach-keys.ts';
import { copyInput } from './input.ts';
import type { SignalRelay } from './signals.ts';

export interface AttendanceOptions {
  /** undefined: signals are ours, and end us. */
  readonly relay: SignalRelay | undefined;
  /** Only where the container has a terminal that we write to. */
  readonly detachKeys: Buffer;
  /** Have its programs draw their screen anew. */
  readonly redraw: boolean;
}

/** @returns how it ended; undefined where the user left it by the detach keys */
export async function attendAttached(
  container: Attached,
  { relay, detachKeys, redraw }: AttendanceOptions,
): Promise<ContainerExit | undefined> {
  relay?.passOnTo(container);
  const giveBack = container.tty ? await lend(container, redraw) : () => {};
  const keys = container.tty ? new DetachKeys(detachKeys) : undefined;
  const stopInput = copyInput(container, keys);
  try {
    const ended = Promise.all([container.wait(), container.copyOutput({ stdout: 1, stderr: 2 })]);
    const found = await Promise.race([ended, ...(keys === undefined ? [] : [keys.typed])]);
    return found?.[0];
  } finally {
    stopInput();
    giveBack();
    container[Symbol.dispose]();
  }
}

/** A program that draws its own screen does so when its size changes: it changes for a moment. */
async function lend(container: Attached, redraw: boolean): Promise<() => void> {
  const { consoleSize, lendTerminal } = await import('./terminal.ts');
  const size = consoleSize();
  if (redraw && size !== undefined) container.resize({ rows: size.rows + 1, columns: size.columns + 1 });
  return lendTerminal(container, container.stdin !== undefined);
}

class DetachKeys extends Transform {
  readonly typed: Promise<undefined>;
  readonly #scanner: DetachScanner;
  #leave = () => {};

  constructor(keys: Buffer) {
    super();
    this.#scanner = new DetachScanner(keys);
    this.typed = new Promise((resolve) => {
      this.#leave = () => resolve(undefined);
    });
  }

  override _transform(typed: Buffer, _encoding: string, done: () => void): void {
    const { passed, detached } = this.#scanner.scan(typed);
    if (passed.length > 0) this.push(passed);
    if (detached) this.#leave();
    // What comes after the keys goes nowhere.
    else done();
  }
}
