/** As for-each-operand, for what takes its time: all at once, and told in the order in which they were named. */
import { GockerError } from '../errors/index.ts';
import type { Context } from './command.ts';
import { reportError } from './report.ts';

/** docker's, too. */
const AT_ONCE = 50;

type Outcome = { readonly text: string } | { readonly error: unknown };

/**
 * Prints what was done: what `act` gives, each on a line.
 *
 * @param options `forgive`: a code of error that is told but is no failure, as with docker's `-f`
 * @returns the exit code: that of the last failure, or 0
 */
export async function forEachSideBySide(
  operands: readonly string[],
  { context, forgive }: { readonly context: Context; readonly forgive?: string | undefined },
  act: (operand: string) => Promise<string>,
): Promise<number> {
  const outcomes: Promise<Outcome>[] = [];
  for (const [index, operand] of operands.entries()) {
    const before: Promise<unknown> = outcomes[index - AT_ONCE] ?? Promise.resolve();
    outcomes.push(before.then(() => settle(act(operand))));
  }
  let exitCode = 0;
  for (const promise of outcomes) {
    const outcome = await promise;
    if ('text' in outcome) {
      context.stdout.write(`${outcome.text}\n`);
      continue;
    }
    const { error } = outcome;
    if (!(error instanceof GockerError)) throw error;
    const failed = reportError(error, context.stderr, { debug: context.debug, isRun: false });
    if (error.code !== forgive) exitCode = failed;
  }
  return exitCode;
}

/** Errors are kept for their turn: one that is thrown meanwhile would go unheard. */
async function settle(act: Promise<string>): Promise<Outcome> {
  try {
    return { text: await act };
  } catch (error) {
    return { error };
  }
}
