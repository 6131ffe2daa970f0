/** Ctrl-C and its like while gocker itself is at work: the work is cancelled, cleans up, and the exit code names the signal. */
import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** 128 + n: what a shell reports for a program that the signal ended. */
export function exitCodeOfSignal(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/**
 * Runs the work with a signal that aborts at the first SIGINT, SIGTERM or SIGHUP; a second one leaves at once, which is
 * safe for the store as a power cut is.
 *
 * @returns the work's exit code, or 128 + n after signal n ended it
 */
export async function interruptible(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    if (received !== undefined) process.exit(exitCodeOfSignal(signal));
    received = signal;
    controller.abort();
  };
  for (const signal of signals) process.on(signal, onSignal);
  try {
    return await work(controller.signal);
  } catch (error) {
    if (received !== undefined) return exitCodeOfSignal(received);
    throw error;
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}
