/** Kernel calls as strace(1) prints them: `mount("proc", "/proc", "proc", MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL) = 0`. */
import { formatErrno } from './errno-text.ts';
import type { Argument, KernelCall } from './kernel-call.ts';

/** What names of results stand for, where that is known. */
export type Results = ReadonlyMap<string, number>;

/** Results by name are printed as their number where it is known, and as `<name>` before. */
export function formatKernelCall(call: KernelCall, results?: Results): string {
  return `${call.call}(${call.args.map((argument) => formatArgument(argument, results)).join(', ')})`;
}

/** `= 0`, or `= EPERM (Operation not permitted)` for −1. */
export function formatResult(result: number): string {
  return `= ${result < 0 ? formatErrno(-result) : result}`;
}

function formatArgument(argument: Argument, results: Results | undefined): string {
  if (argument === null) return 'NULL';
  if (typeof argument === 'string') return quote(argument);
  if (typeof argument !== 'object') return String(argument);
  switch (argument.kind) {
    case 'constant':
    case 'buffer':
      return argument.text;
    case 'result':
      return String(results?.get(argument.of) ?? `<${argument.of}>`);
    case 'strings':
      // Environments carry passwords.
      if (argument.redacted) return `[/* ${argument.values.length} vars */]`;
      return `[${argument.values.map(quote).join(', ')}]`;
  }
}

/** Nothing that a terminal would act on is let through. */
function quote(text: string): string {
  return JSON.stringify(text).replace(/\p{C}/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
