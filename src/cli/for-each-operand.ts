/** Commands that take any number of names: one that fails keeps none of the others, since scripts hand in whole lists. */
import { GockerError } from '../errors/index.ts';
import type { Context } from './command.ts';
import { reportError } from './report.ts';

/**
 * @param options `forgive`: a code of error that is told but is no failure, as with docker's `-f`
 * @returns the exit code: that of the last failure, or 0
 */
export async function forEachOperand(
  operands: readonly string[],
  { context, forgive }: { readonly context: Context; readonly forgive: string | undefined },
  act: (operand: string) => Promise<void>,
): Promise<number> {
  let exitCode = 0;
  for (const operand of operands) {
    try {
      await act(operand);
    } catch (error) {
      if (!(error instanceof GockerError)) throw error;
      const failed = reportError(error, context.stderr, { debug: context.debug, isRun: false });
      if (error.code !== forgive) exitCode = failed;
    }
  }
  return exitCode;
}
